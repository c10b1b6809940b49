import { dayIn } from "@/lib/contract/instant";
import { SourceError } from "@/server/sync/errors";
import type { Clock } from "@/server/sync/ports";
import type { SourceBudget } from "@/server/sync/source-ports";
import { untilMidnightMs } from "@/server/sync/time/midnight";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A wait so short is not worth a word on the page. */
const MAX_QUIET_WAIT_MS = 3_000;
/** A rate is waited for, and nobody has to insist; one that lasts longer than any task waits is as good as a used up allowance. */
const LONG_RATE_MS = 15 * MINUTE_MS;
/** Enough for the fastest allowance there is; more calls in a minute are not remembered. */
const MAX_CALLS_KEPT = 2_000;

/** How often a provider lets us call: learned from its refusals, kept so that it need not refuse again. */
export interface Budget {
  /**
   * To be awaited before each call. Waits up to three seconds by itself; where more is needed it throws SourceError
   * (rate, quota) with `waitMs`, so that the page can say it. Rejects with the reason of `signal`.
   */
  take(signal: AbortSignal): Promise<void>;
  /** What a refusal said: no call before its `waitMs` is over, and not more than it allows from then on. */
  refused(error: SourceError, allowed?: { perMinute?: number; perDay?: number }): void;
  /** What is left of the day's allowance, as far as a refusal told of one; a limit by the minute costs time and no pause. */
  left(): Pick<SourceBudget, "left" | "resetsAtMs">;
  /** Forgets a used up allowance: a person knows better. A rate stands, unless it lasts for more than a quarter of an hour. */
  reopen(): void;
}

/** A budget without limits until a refusal names one. Days are those of `zone`. */
export function createBudget({ clock, zone }: { clock: Clock; zone: string }): Budget {
  let calls: number[] = [];
  let closed: { error: SourceError; untilMs: number } | null = null;
  let perMinute: { most: number; error: SourceError } | null = null;
  let perDay: { most: number; error: SourceError } | null = null;
  let today = { day: "", calls: 0 };

  function callsToday(): number {
    const day = dayIn(zone, clock.now());
    if (today.day !== day) today = { day, calls: 0 };
    return today.calls;
  }

  /** Why no call may go out now, and for how long; null = it may. */
  function hindrance(): { error: SourceError; waitMs: number } | null {
    const nowMs = clock.monotonic();
    if (closed && closed.untilMs > nowMs) return { error: closed.error, waitMs: closed.untilMs - nowMs };
    if (perDay && callsToday() >= perDay.most) return { error: perDay.error, waitMs: untilMidnightMs(zone, clock.now()) };
    calls = calls.filter((atMs) => atMs > nowMs - MINUTE_MS);
    const freesUp = perMinute ? calls.at(-perMinute.most) : undefined;
    return perMinute && freesUp !== undefined ? { error: perMinute.error, waitMs: freesUp + MINUTE_MS - nowMs } : null;
  }

  return {
    async take(signal) {
      for (;;) {
        signal.throwIfAborted();
        const found = hindrance();
        if (!found) break;
        const waitMs = Math.ceil(found.waitMs);
        if (waitMs > MAX_QUIET_WAIT_MS) throw new SourceError(found.error.refusal, kindOf(found.error), { waitMs });
        await clock.sleep(waitMs, signal);
      }
      calls.push(clock.monotonic());
      if (calls.length > MAX_CALLS_KEPT) calls.shift();
      callsToday();
      today.calls += 1;
    },
    refused(error, allowed = {}) {
      if (error.waitMs !== null) closed = { error, untilMs: clock.monotonic() + error.waitMs };
      if (allowed.perMinute) perMinute = { most: Math.min(allowed.perMinute, MAX_CALLS_KEPT), error };
      if (allowed.perDay) perDay = { most: allowed.perDay, error };
    },
    reopen() {
      if (closed && (closed.error.refusal === "quota" || closed.untilMs - clock.monotonic() > LONG_RATE_MS)) closed = null;
      if (perDay && callsToday() >= perDay.most) perDay = null;
    },
    left() {
      const nowMs = clock.monotonic();
      if (closed?.error.refusal === "quota" && closed.untilMs > nowMs)
        return { left: 0, resetsAtMs: wholeSecond(clock.now() + closed.untilMs - nowMs) };
      if (!perDay) return { left: null, resetsAtMs: null };
      return {
        left: Math.max(0, perDay.most - callsToday()),
        resetsAtMs: wholeSecond(clock.now() + untilMidnightMs(zone, clock.now())),
      };
    },
  };
}

function kindOf({ params }: SourceError) {
  return { ...params, kind: String(params["kind"]) } as ConstructorParameters<typeof SourceError>[1];
}

/** The second in which a time lies, or the next one: two clocks that differ by a fraction must not make 23:59 of midnight. */
function wholeSecond(unixMs: number): number {
  return Math.ceil(unixMs / 1_000) * 1_000;
}

/** Milliseconds to the next full hour. */
export function untilFullHourMs(nowMs: number): number {
  return HOUR_MS - (nowMs % HOUR_MS);
}
