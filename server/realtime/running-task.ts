import type { TaskRecord } from "@/server/sync/task/task-record";

/**
 * The running task as the watchers here are told it. What this instance knows from memory is ahead of the database; when its
 * task ends here, the last look may still hold that task as it was at its start. So the last word from memory stands until a
 * look that began after the end has answered, and progress never falls.
 */
export function createRunningTask(fromMemory: () => TaskRecord | null) {
  let lastWord: TaskRecord | null = null;
  return {
    /** The task to tell, where the last look saw `stored` running; null = none runs. */
    told(stored: TaskRecord | null): TaskRecord | null {
      const mine = fromMemory();
      if (mine) lastWord = mine;
      if (mine || !stored) return mine;
      return lastWord?.task_id === stored.task_id ? lastWord : stored;
    },
    /** A look at the database begins; what is returned is called when it has answered, and the database is believed again. */
    lookBegins(): () => void {
      const over = fromMemory() ? null : lastWord;
      return () => {
        if (lastWord === over) lastWord = null;
      };
    },
  };
}
