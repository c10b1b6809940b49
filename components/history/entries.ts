import type { Instant } from "@/lib/contract/instant";
import type { ScheduleFire } from "@/lib/contract/schedule";
import type { TaskSummary } from "@/lib/contract/task";

/** A line of the history: a task, or a fire of the schedule that could not become one. */
export type HistoryEntry = { kind: "task"; at: Instant; task: TaskSummary } | { kind: "fire"; at: Instant; fire: ScheduleFire };

/** Fires that people would look for in vain otherwise: another sync was in the way, or no server was up. */
function isTold(fire: ScheduleFire): boolean {
  return fire.outcome === "skipped_busy" || fire.outcome === "missed";
}

/**
 * The tasks of a page with the fires that came to nothing between them, newest first. A fire belongs to the page whose
 * tasks stand around it: the first page also takes what is newer, the last one what is older.
 */
export function entriesOf(
  tasks: readonly TaskSummary[],
  fires: readonly ScheduleFire[],
  page: { isFirst: boolean; isLast: boolean },
): HistoryEntry[] {
  const newest = page.isFirst ? Number.POSITIVE_INFINITY : momentOf(tasks[0]?.created_at);
  const oldest = page.isLast ? Number.NEGATIVE_INFINITY : momentOf(tasks.at(-1)?.created_at);
  const told = fires.filter((fire) => isTold(fire) && momentOf(fire.at) <= newest && momentOf(fire.at) > oldest);
  told.sort((a, b) => momentOf(b.at) - momentOf(a.at));
  const entries: HistoryEntry[] = tasks.map((task) => ({ kind: "task", at: task.created_at, task }));
  for (const fire of told) {
    const behind = entries.findIndex((entry) => entry.kind === "task" && momentOf(entry.task.created_at) < momentOf(fire.at));
    entries.splice(behind === -1 ? entries.length : behind, 0, { kind: "fire", at: fire.at, fire });
  }
  return entries;
}

function momentOf(instant: Instant | undefined): number {
  return instant === undefined ? Number.NaN : Date.parse(instant);
}
