import type { Instant } from "@/lib/contract/instant";
import type { Progress, WaitCode } from "@/lib/contract/task";

/** What the figure "time left" says. */
export type TimeLeft =
  | { kind: "range"; seconds: [number, number] }
  | { kind: "waiting"; code: WaitCode; seconds: number }
  | { kind: "takeover" }
  | { kind: "database" }
  | { kind: "paused" }
  /** Paused by the system: it goes on by itself at that time; null = the time has come and it is next. */
  | { kind: "resumes"; at: Instant | null }
  | { kind: "cancelled" }
  | { kind: "queued" }
  | { kind: "unknown" };

/** Only the server's range is shown; a wait, a takeover or a lost database says so instead of a growing number. */
export function timeLeftOf(
  progress: Pick<Progress, "status" | "eta_range" | "wait"> & Partial<Pick<Progress, "pause">>,
  nowMs: number | null,
  databaseAway = false,
): TimeLeft {
  if (databaseAway) return { kind: "database" };
  if (progress.status === "interrupted") return { kind: "takeover" };
  const resumeAt = progress.status === "paused" ? progress.pause?.resume_at : null;
  if (resumeAt) return { kind: "resumes", at: nowMs !== null && Date.parse(resumeAt) <= nowMs ? null : resumeAt };
  if (progress.status === "paused" || progress.status === "pausing") return { kind: "paused" };
  if (progress.status === "cancelling" || progress.status === "cancelled") return { kind: "cancelled" };
  if (progress.status === "queued") return { kind: "queued" };
  if (progress.wait) {
    const seconds = nowMs === null ? 0 : Math.max(0, Math.ceil((Date.parse(progress.wait.until) - nowMs) / 1000));
    return { kind: "waiting", code: progress.wait.code, seconds };
  }
  return progress.eta_range ? { kind: "range", seconds: progress.eta_range } : { kind: "unknown" };
}

/** Seconds a task has been running: what the server said, and since then this browser's clock. */
export function elapsedSeconds(
  progress: Pick<Progress, "start_time" | "end_time" | "duration_seconds">,
  nowMs: number | null,
): number | null {
  if (progress.end_time || !progress.start_time || nowMs === null) return progress.duration_seconds;
  return Math.max(0, Math.floor((nowMs - Date.parse(progress.start_time)) / 1000));
}
