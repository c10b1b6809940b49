import { CALENDAR_IDS } from "@/lib/contract/calendar";
import { MAX_OPERATOR_CHARS } from "@/lib/contract/operator";
import {
  anyText,
  DAYS_EXPECTED,
  DAYS_REMEDY,
  days,
  hour,
  MS_REMEDY,
  oneOf,
  origin,
  postgresUrl,
  reads,
  type Variable,
  variable,
  webUrl,
  wholeNumber,
  yesOrNo,
} from "./readers";
import { PROVIDER_VARIABLES } from "./provider-variables";
import { FILE_VARIABLES, POSTGRES_SOURCE_VARIABLES, SAMPLE_VARIABLES } from "./source-variables";

const SOURCE_NAMES = ["sample", "files", "tushare", "baostock", "massive", "postgres"] as const;

/** Every variable this version reads, in the order of `.env.example`. */
export const VARIABLES = {
  PORT: variable({
    standard: "8000",
    expected: "a port from 0 to 65535 (0 = any free one)",
    remedy: "Choose a free port",
    schema: wholeNumber(0, 65_535),
  }),
  HOST: variable({
    standard: "127.0.0.1",
    expected: "a loopback address",
    remedy: "Leave it out, or put a proxy in front and set PUBLIC_ORIGIN",
    schema: anyText,
  }),
  PUBLIC_ORIGIN: variable({
    standard: null,
    expected: "an origin such as https://dayfill.example.com",
    remedy: "Write scheme, host and port, without a path",
    schema: origin,
  }),
  DATABASE_URL: variable({
    standard: null,
    expected: "postgres://user:password@host:5432/database",
    remedy: "Percent-encode special characters in the password, or leave it out for the embedded PostgreSQL",
    secret: true,
    schema: postgresUrl,
  }),
  DATA_DIR: variable({
    standard: ".data",
    expected: "a folder",
    remedy: "Name a folder that this user may write",
    schema: anyText,
  }),
  SOURCE: variable({
    standard: "sample",
    expected: `${SOURCE_NAMES.slice(0, -1).join(", ")} or ${SOURCE_NAMES.at(-1)}`,
    remedy: "Choose one of them",
    schema: oneOf(SOURCE_NAMES),
  }),
  CALENDAR: variable({
    standard: "XSHG",
    expected: CALENDAR_IDS.join(", "),
    remedy: "Choose the exchange of the rows",
    schema: oneOf(CALENDAR_IDS),
  }),
  PUBLISH_HOUR: variable({
    standard: null,
    expected: "an hour of the exchange's clock such as 18, 18:00 or 17:30",
    remedy: "Leave it out for the source's own hour",
    schema: hour,
  }),
  CALENDAR_CLOSED: variable({ standard: null, expected: DAYS_EXPECTED, remedy: DAYS_REMEDY, schema: days }),
  CALENDAR_OPEN: variable({ standard: null, expected: DAYS_EXPECTED, remedy: DAYS_REMEDY, schema: days }),
  ...SAMPLE_VARIABLES,
  ...FILE_VARIABLES,
  ...POSTGRES_SOURCE_VARIABLES,
  ...PROVIDER_VARIABLES,
  SYNC_LOADERS: variable({
    standard: "2",
    expected: "a whole number from 1 to 16",
    remedy: "Say how many days may be stored at the same time",
    schema: wholeNumber(1, 16),
  }),
  SYNC_PREFETCH_BYTES: variable({
    standard: "67108864",
    expected: "bytes from 1048576 to 17179869184",
    remedy: "Write whole bytes without a unit",
    schema: wholeNumber(1_048_576, 17_179_869_184),
  }),
  DAY_TIMEOUT_MS: variable({
    standard: "600000",
    expected: "milliseconds from 100 to 86400000",
    remedy: MS_REMEDY,
    schema: wholeNumber(100, 86_400_000),
  }),
  LEASE_TTL_MS: variable({
    standard: "15000",
    expected: "milliseconds from 500 to 600000",
    remedy: MS_REMEDY,
    schema: wholeNumber(500, 600_000),
  }),
  SCHEDULE_ENABLED: variable({
    standard: "true",
    expected: "true or false",
    remedy: "Set false where nothing may start by itself",
    schema: yesOrNo,
  }),
  SCHEDULE_IF_BUSY: variable({
    standard: "queue",
    expected: "queue or skip",
    remedy: "Choose one of them",
    schema: oneOf(["queue", "skip"] as const),
  }),
  NOTIFY_URL: variable({
    standard: null,
    expected: "an http or https address",
    remedy: "Copy the whole address of the webhook",
    secret: true,
    schema: webUrl,
  }),
  OPERATOR_NAME: variable({
    standard: null,
    expected: `a name of at most ${MAX_OPERATOR_CHARS} characters`,
    remedy: "Shorten it",
    schema: reads((value) => (value.length <= MAX_OPERATOR_CHARS ? value : undefined)),
  }),
  LOG_LEVEL: variable({
    standard: "info",
    expected: "trace, debug, info, warn, error, fatal or silent",
    remedy: "Choose one of them",
    schema: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const),
  }),
  LOG_FORMAT: variable({
    standard: null,
    expected: "pretty or json",
    remedy: "Leave it out: pretty on a terminal, else json",
    schema: oneOf(["pretty", "json"] as const),
  }),
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;
export type ValueOf<Name extends VariableName> = (typeof VARIABLES)[Name] extends Variable<infer Value> ? Value : never;
