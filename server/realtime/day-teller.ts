import type { CoverageChanged, SyncDays } from "@/lib/contract/events";
import type { Day } from "@/lib/contract/day";
import type { Reads } from "@/server/sync/asked/reads";
import type { TaskRecord } from "@/server/sync/task/task-record";
import type { Broadcast } from "./socket-server";

const COVERAGE_EVERY_MS = 1_000;

/** Tells the watchers of this instance every delta of days once and in order, with a hint at their coverage. */
export function createDayTeller(reads: Pick<Reads, "daysSince">, broadcast: Pick<Broadcast, "days" | "coverage">) {
  let hinted: CoverageChanged | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  /** How far the watchers here were told of the days of the running and the last task; null before the first look. */
  let told: Map<string, number> | null = null;

  async function tellRest(soFar: Map<string, number>, taskId: string): Promise<void> {
    for (const delta of await reads.daysSince(taskId, soFar.get(taskId) ?? 0)) {
      tell({ task_id: taskId, ...delta });
      soFar.set(taskId, delta.days_seq);
    }
  }

  function tell(delta: SyncDays): void {
    broadcast.days(delta);
    const dates = delta.days.map((day) => day.date).sort();
    const [from, to] = [dates[0], dates.at(-1)];
    if (from && to) hintCoverage(from, to);
  }

  /** Coverage is read whole, so it is hinted at less often than days are told: the hints of a second become one range. */
  function hintCoverage(from: Day, to: Day): void {
    if (closed) return;
    hinted = hinted ? { from: from < hinted.from ? from : hinted.from, to: to > hinted.to ? to : hinted.to } : { from, to };
    timer ??= setTimeout(() => {
      timer = null;
      if (hinted) broadcast.coverage(hinted);
      hinted = null;
    }, COVERAGE_EVERY_MS);
  }

  return {
    hintCoverage,
    /** A delta of the task that runs here. */
    fromHere(delta: SyncDays): void {
      told?.set(delta.task_id, delta.days_seq);
      tell(delta);
    },
    /** Whatever the watchers here were not told yet: days of other instances, and the last days of any task. */
    async fromElsewhere(tasks: readonly TaskRecord[], mine: string | undefined): Promise<void> {
      // Who comes new reads the days by REST; only what happens from now on is told.
      told ??= new Map(tasks.map((task) => [task.task_id, task.days_seq]));
      for (const task of tasks) {
        if (task.task_id !== mine && task.days_seq > (told.get(task.task_id) ?? 0)) await tellRest(told, task.task_id);
      }
      for (const taskId of told.keys()) {
        if (taskId === mine || tasks.some((task) => task.task_id === taskId)) continue;
        // Another task took its place between two looks: its last days, and then it is history.
        await tellRest(told, taskId);
        told.delete(taskId);
      }
    },
    close(): void {
      closed = true;
      if (timer) clearTimeout(timer);
    },
  };
}
