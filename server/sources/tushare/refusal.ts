import { SourceError } from "@/server/sync/errors";
import { untilFullHourMs } from "@/server/sources/calls/budget";
import { untilMidnightMs } from "@/server/sync/time/midnight";
import { withoutSecrets } from "@/server/sources/http/words";

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

  const limit = limitIn(msg);
  if (limit?.per === "minute") {
    return refused(new SourceError("rate", { kind: "rate", detail }, { waitMs: MINUTE_MS }), allowance("perMinute", limit.calls));
  }
  if (limit?.per === "hour") {
    return refused(new SourceError("quota", { kind: "quota", detail }, { waitMs: untilFullHourMs(nowMs) }));
  }
  if (limit?.per === "day") {
    const waitMs = untilMidnightMs(TUSHARE_ZONE, nowMs);
    return refused(new SourceError("quota", { kind: "quota", detail }, { waitMs }), allowance("perDay", limit.calls));
  }
  // Too many addresses use the token: the oldest is forgotten in time, and nothing but waiting (or using fewer) helps.
  if (code === 40204 || /IP.{0,12}(超限|超过|上限)/i.test(msg)) {
    return refused(new SourceError("quota", { kind: "quota", detail }, { waitMs: HOUR_MS }));
  }
  if (code === 40101 || /token.{0,4}(不对|无效|失效|过期)/i.test(msg)) {
    return refused(new SourceError("auth", { kind: "auth", detail, variable: "TUSHARE_TOKEN" }));
  }
  // The name of the interface may stand in between: 没有接口(daily_basic)访问权限.
  if (code === 2002 || /没有[^，。,]{0,60}权限|权限不足|积分不足/.test(msg))
    return refused(new SourceError("plan", { kind: "plan", detail }));
  return refused(new SourceError("broken", { kind: "other", detail }));
}

const PERIODS = { 分: "minute", 时: "hour", 天: "day", 日: "day" } as const;

/** Says how often, both ways: 每分钟最多访问该接口200次, and since 2025 访问接口(daily)频率超限(200次/分钟). */
function limitIn(msg: string): { per: "minute" | "hour" | "day"; calls: string | undefined } | null {
  const [, every = "", most] = /每(分|小?时|[天日])钟?最多\D*(\d+)?/.exec(msg) ?? [];
  const [, calls, slash = ""] = /(\d+)\s*次\s*[/每]\s*(分|小?时|[天日])/.exec(msg) ?? [];
  const per = PERIODS[(every || slash).slice(-1) as keyof typeof PERIODS];
  if (per) return { per, calls: every ? most : calls };
  // A frequency that names no period is that of a minute.
  return /频率超限|访问过于频繁/.test(msg) ? { per: "minute", calls: undefined } : null;
}

function allowance(period: "perMinute" | "perDay", digits: string | undefined): Refused["allowed"] {
  return digits && Number(digits) > 0 ? { [period]: Number(digits) } : {};
}
