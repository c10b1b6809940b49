const SHANGHAI = "SH|SS|SSE|SHSE|XSHG";
const SHENZHEN = "SZ|SZSE|XSHE";
const EXCHANGE = `${SHANGHAI}|${SHENZHEN}|BJ`;

const INDEX = new RegExp(
  `^(?:000\\d{3}\\.(?:${SHANGHAI})|399\\d{3}\\.(?:${SHENZHEN})|(?:${SHANGHAI})[.:]?000\\d{3}|(?:${SHENZHEN})[.:]?399\\d{3})$`,
  "i",
);
const DRESSED = new RegExp(`^(?:(\\d{6})\\.(?:${EXCHANGE})|(?:(?:${EXCHANGE})[.:]?|')(\\d{6})|="(\\d{6})")$`, "i");
const BLANK = 32;
const LAST_ASCII = 127;

/** From `'600000` over `SH600000`, `600000.SH` and `SSE:600000` to `600000.XSHG`. */
export const DRESSED_CHARS: ReadonlySet<number> = new Set([7, 8, 9, 10, 11]);

/**
 * A-shares are stored as six digits, however a file dresses them: `600000.SH`, `600000.SS`, `sh.600000`, `SH600000`,
 * `SHSE.600000`, `SSE:600000`, `600000.XSHG`, and `'600000` or `="600000"` (so that Excel leaves the zeros of others alone).
 * An index keeps its dress: `000001.SH` is the market of Shanghai, and bare it would be the bank `000001.SZ`.
 */
export function withoutExchange(code: string): string {
  if (INDEX.test(code)) return code;
  const [, after, before, formula] = DRESSED.exec(code) ?? [];
  return after ?? before ?? formula ?? code;
}

/** True where no blank stands on either side, nor a sign that may be one, such as the wide blank of Chinese texts. */
export function isBareCode(firstSign: number, lastSign: number): boolean {
  return isInk(firstSign) && isInk(lastSign);
}

function isInk(sign: number): boolean {
  return sign > BLANK && sign <= LAST_ASCII;
}
