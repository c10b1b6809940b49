import type { Progress } from "@/lib/contract/task";

/** What a script learns without reading a word. */
export const EXIT = {
  good: 0,
  /** Failed or suspect days, or the task itself failed. */
  daysFailed: 1,
  /** A mistake on the command line, or a request the server refuses. */
  usage: 2,
  /** Another sync runs, or the queue is full. */
  busy: 3,
  cancelled: 4,
  unreachable: 5,
  /** Ctrl-C, as shells count it. */
  interrupted: 130,
} as const;

/** How a task ended, as an exit code; a task that goes on is no failure. */
export function exitCodeOf(progress: Pick<Progress, "status" | "failed" | "suspect">): number {
  if (progress.status === "cancelled") return EXIT.cancelled;
  if (progress.status === "failed") return EXIT.daysFailed;
  if (progress.status === "completed" && progress.failed + progress.suspect > 0) return EXIT.daysFailed;
  return EXIT.good;
}
