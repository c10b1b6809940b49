import { SourceError } from "@/server/sync/errors";
import { untilFullHourMs, untilMidnightMs } from "./budget";
import { withoutSecrets } from "./http-words";

export const TUSHARE_ZONE = "Asia/Shanghai";
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** What Tushare said instead of data (HTTP 200, `code` other than 0). */
export interface TushareFault {
  code: number;
  msg: string;
}

export interface Refused {
  error: SourceError;
  /** Calls it says it allows. */
  allowed: { perMinute?: number; perDay?: number };
}

/**
 * The class of a refusal, by its words: the codes do not tell a rate from a missing right (both 40203), and the words of a
 * rate end with 权限 too, so the rates come first.
 */
export function refusalOfTushare({ code, msg }: TushareFault, token: string, nowMs: number): Refused {
  const detail = `${withoutSecrets(msg, [token])} (${code})`.trim();
  const refused = (error: SourceError, allowed: Refused["allowed"] = {}): Refused => ({ error, allowed });

  const perMinute = /每分钟最多\D*(\d+)?/.exec(msg);
  if (perMinute) {
    const waitMs = MINUTE_MS;
    return refused(new SourceError("rate", { kind: "rate", detail }, { waitMs }), allowance("perMinute", perMinute[1]));
  }
  if (/每小时最多/.test(msg)) {
    return refused(new SourceError("quota", { kind: "quota", detail }, { waitMs: untilFullHourMs(nowMs) }));
  }
  const perDay = /每[天日]最多\D*(\d+)?/.exec(msg);
  if (perDay) {
    const waitMs = untilMidnightMs(TUSHARE_ZONE, nowMs);
    return refused(new SourceError("quota", { kind: "quota", detail }, { waitMs }), allowance("perDay", perDay[1]));
  }
  // Too many addresses use the token: the oldest is forgotten in time, and nothing but waiting (or using fewer) helps.
  if (code === 40204 || /IP.{0,12}(超限|超过|上限)/i.test(msg)) {
    return refused(new SourceError("quota", { kind: "quota", detail }, { waitMs: HOUR_MS }));
  }
  if (code === 40101 || /token.{0,4}(不对|无效|失效|过期)/i.test(msg)) {
    return refused(new SourceError("auth", { kind: "auth", detail, variable: "TUSHARE_TOKEN" }));
  }
  if (code === 2002 || /没有.{0,8}权限|权限不足|积分不足/.test(msg))
    return refused(new SourceError("plan", { kind: "plan", detail }));
  return refused(new SourceError("broken", { kind: "other", detail }));
}

function allowance(period: "perMinute" | "perDay", digits: string | undefined): Refused["allowed"] {
  return digits && Number(digits) > 0 ? { [period]: Number(digits) } : {};
}
