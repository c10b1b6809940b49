import type { Progress } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";

/** What was said last, and when. */
export interface Said {
  taskId: string;
  step: number;
  final: boolean;
  atMs: number;
}

const PERCENT_STEP = 10;
const MIN_GAP_MS = 30_000;

/** What to say next, or null: each 10 %, at most every 30 s, and always the end. The first sight of a task says nothing. */
export function nextSaid(
  said: Said | null,
  progress: Pick<Progress, "task_id" | "status" | "progress_percent">,
  nowMs: number,
): Said | null {
  const next: Said = {
    taskId: progress.task_id,
    step: Math.floor(progress.progress_percent / PERCENT_STEP),
    final: isFinal(progress.status),
    atMs: nowMs,
  };
  if (!said || said.taskId !== next.taskId) return next;
  if (next.final) return said.final ? null : next;
  return next.step > said.step && nowMs - said.atMs >= MIN_GAP_MS ? next : null;
}
