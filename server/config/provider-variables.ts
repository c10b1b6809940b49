import { hostName, reads, variable, webUrl, wholeNumber } from "./readers";

/** What may stand in a header: a line end or a blank in it came by copying. */
const secret = reads((value) => (/^[\x21-\x7e]{1,500}$/.test(value) ? value : undefined));

/** Providers that are asked over http: where they are, and what they know us by. */
export const PROVIDER_VARIABLES = {
  TUSHARE_TOKEN: variable({
    standard: null,
    expected: "the token of your account, letters and digits",
    remedy: "Copy it from https://tushare.pro/user/token",
    secret: true,
    schema: secret,
  }),
  TUSHARE_URL: variable({
    standard: "http://api.tushare.pro",
    expected: "an http or https address",
    remedy: "Leave it out for Tushare itself",
    schema: webUrl,
  }),
  MASSIVE_KEY: variable({
    standard: null,
    expected: "an API key, letters and digits",
    remedy: "Copy it from https://massive.com/dashboard/keys",
    secret: true,
    schema: secret,
  }),
  MASSIVE_URL: variable({
    standard: "https://api.massive.com",
    expected: "an http or https address",
    remedy: "Leave it out for Massive itself",
    schema: webUrl,
  }),
  BAOSTOCK_HOST: variable({
    standard: "public-api.baostock.com",
    expected: "a host name or an address",
    remedy: "Leave it out for the public server",
    schema: hostName,
  }),
  BAOSTOCK_PORT: variable({
    standard: "10030",
    expected: "a port from 1 to 65535",
    remedy: "Leave it out for the public server",
    schema: wholeNumber(1, 65_535),
  }),
} as const;
