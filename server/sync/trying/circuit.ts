import { dayIn } from "@/lib/contract/instant";
import { DayFailure, PauseError, SourceError, type SystemPause } from "@/server/sync/errors";
import type { Clock } from "@/server/sync/ports";
import { untilMidnightMs } from "@/server/sync/time/midnight";
import { momentOf } from "@/server/sync/time/schedule-times";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A ban that does not say how long it lasts. */
const BAN_MS = 24 * HOUR_MS;
/** A pause shorter than this would only be the next call too early. */
const SHORTEST_MS = MINUTE_MS;
/** A new allowance is looked for so long after it was due: the provider's clock is not ours. */
const GRACE_MS = MINUTE_MS;
/** Refused so soon after midnight, the provider's day is only a little later than the exchange's. */
const JUST_MIDNIGHT_MS = 30 * MINUTE_MS;

export interface CircuitOptions {
  clock: Pick<Clock, "now">;
  /** The exchange's zone: an allowance of a day is taken to begin anew at its midnight. */
  zone: string;
  /** What was heard before this run, by whomever: the source gives nothing before that time. */
  closed: SystemPause | null;
}

/** What a source said to one task as a whole, so that it is not asked again for every day. */
export interface Circuit {
  /** Throws what a call would come to where that is known: a PauseError, or the DayFailure of wrong credentials. */
  pass(): void;
  /** True where `pass` would throw: nothing needs to be made ready for such a call. */
  isShut(): boolean;
  /** What a failed call means for its day. Throws the PauseError of a source that is closed for a while. */
  heed(error: unknown): void;
}

/** One circuit for one run of a task. */
export function createCircuit({ clock, zone, closed }: CircuitOptions): Circuit {
  let refused: DayFailure | null = null;
  const known = (): Error | null => refused ?? (closed && closed.resumeMs > clock.now() ? new PauseError(closed) : null);
  return {
    pass() {
      const error = known();
      if (error) throw error;
    },
    isShut: () => known() !== null,
    heed(error) {
      if (!(error instanceof SourceError)) return;
      if (error.refusal === "quota") throw new PauseError(pauseOf(error, clock.now(), zone));
      if (error.refusal === "auth" || error.refusal === "plan")
        refused = new DayFailure("source_error", error.params, { cause: error });
    },
  };
}

/** How long a task pauses for a used up allowance or a ban: as the source says, else until a new allowance is due. */
export function pauseOf({ params, waitMs }: SourceError, nowMs: number, zone: string): SystemPause {
  const reason = params["kind"] === "banned" ? "banned" : "quota";
  const said = waitMs ?? (reason === "banned" ? BAN_MS : untilNewAllowance(params["per"] === "hour", nowMs, zone));
  return { reason, resumeMs: nowMs + Math.max(SHORTEST_MS, said), detail: detailOf(params) };
}

/** The source's own words in an error, null where it has none. */
export function detailOf(params: SourceError["params"]): string | null {
  const { detail } = params;
  return typeof detail === "string" && detail !== "" ? detail : null;
}

function untilNewAllowance(isHourly: boolean, nowMs: number, zone: string): number {
  if (isHourly) return HOUR_MS - (nowMs % HOUR_MS) + GRACE_MS;
  const today = dayIn(zone, nowMs);
  if (nowMs - momentOf(today, "00:00", zone) < JUST_MIDNIGHT_MS) return JUST_MIDNIGHT_MS;
  return untilMidnightMs(zone, nowMs) + GRACE_MS;
}
