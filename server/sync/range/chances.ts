import { SourceError } from "@/server/sync/errors";
import type { Clock } from "@/server/sync/ports";

/** A walk stands for many days, so it is more patient than one of them. Every symbol that arrives makes it so anew. */
const WAITS_MS = [1_000, 4_000, 15_000, 40_000];
const JITTER = 0.25;
/** After a walk that failed for good the source is left alone: a minute, and twice as long each time nobody answers again. */
const FIRST_REST_MS = 60_000;
const LONGEST_REST_MS = 10 * 60_000;
/** Words for a source of which nothing came: it would say the same to the next chunk. */
const SILENCES = new Set<unknown>(["unreachable", "no_answer", "stalled", "too_many_logins"]);

/** When a source that failed a walk is asked again, over all chunks of one run. */
export interface Chances {
  /** How long a walk of a chunk that was not tried yet waits before its first request; 0 = it need not. */
  restMs(): number;
  /** True where the chunk that failed may try once more. */
  mayTryAgain(): boolean;
  /** The waits between the tries of a walk: none where this is but one more chance. */
  waitsMs(): readonly number[];
  failed(error: unknown): void;
  worked(): void;
}

export function createChances(clock: Pick<Clock, "monotonic">): Chances {
  let last: { atMs: number; restMs: number; isSilence: boolean } | null = null;
  const leftMs = () => (last ? Math.max(0, last.atMs + last.restMs - clock.monotonic()) : 0);
  return {
    restMs: () => (last?.isSilence ? leftMs() : 0),
    mayTryAgain: () => leftMs() === 0,
    waitsMs: () => (last?.isSilence ? [] : WAITS_MS),
    failed(error) {
      const isSilence = error instanceof SourceError && SILENCES.has(error.params["kind"]);
      const restMs = isSilence && last?.isSilence ? Math.min(LONGEST_REST_MS, last.restMs * 2) : FIRST_REST_MS;
      last = { atMs: clock.monotonic(), restMs, isSilence };
    },
    worked() {
      last = null;
    },
  };
}

/** A line that broke, a server that asks for a moment: what a ban or a used-up allowance needs is not for a walk to wait. */
export function isWorthTrying(error: unknown): boolean {
  return error instanceof SourceError && (error.retry || error.refusal === "later" || error.refusal === "rate");
}

/** What this run cannot outlast: it asks no more. */
export function isRefusalForGood(error: unknown): boolean {
  return error instanceof SourceError && ["quota", "auth", "plan"].includes(error.refusal);
}

/** The usual wait with jitter, or what the source asked for, as far as a walk has patience. */
export function waitOf(error: unknown, usualMs: number): number {
  const asked = error instanceof SourceError ? (error.waitMs ?? 0) : 0;
  const jittered = Math.round(usualMs * (1 + JITTER * (2 * Math.random() - 1)));
  return Math.max(jittered, Math.min(asked, WAITS_MS.at(-1) ?? usualMs));
}
