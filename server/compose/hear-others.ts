import type { Hub } from "@/server/realtime/hub";
import type { Dispatching } from "./dispatch-loop";
import type { Scheduler } from "@/server/sync/schedule/scheduler";
import type { SyncManager } from "@/server/sync/run/sync-manager";
import type { What, Word } from "@/server/sync/instances/word";

export interface Hearers {
  hub: Pick<Hub, "lookSoon" | "hintCoverage">;
  manager: Pick<SyncManager, "lookForCommand">;
  scheduler: Pick<Scheduler, "lookAfresh">;
  dispatching: Pick<Dispatching, "now">;
}

/** What a word of another instance leads to here. Whoever is deaf does the same a second or two later, by its own looks. */
export function hearingWith({ hub, manager, scheduler, dispatching }: Hearers): (word: Word) => void {
  const effects: Record<What, (word: Word) => void> = {
    task: hub.lookSoon,
    days: hub.lookSoon,
    instances: hub.lookSoon,
    queue() {
      hub.lookSoon();
      dispatching.now();
    },
    released() {
      hub.lookSoon();
      dispatching.now();
    },
    command({ task_id }) {
      if (task_id) manager.lookForCommand(task_id);
      hub.lookSoon();
    },
    coverage({ range }) {
      if (range) hub.hintCoverage(...range);
    },
    schedule: () => void scheduler.lookAfresh(),
  };
  // A newer version may have words that this one does not know: something happened all the same.
  return (word) => (Object.hasOwn(effects, word.what) ? effects[word.what] : hub.lookSoon)(word);
}
