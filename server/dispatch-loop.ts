import type { Log } from "./sync/ports";
import type { SyncManager } from "./sync/sync-manager";

/** How often an instance looks for a task that waits, or whose holder is gone. */
const DISPATCH_EVERY_MS = 2_000;

/** Looks for work at once and then every two seconds, one look at a time, until `stop`. */
export function dispatchEverySoOften(manager: Pick<SyncManager, "dispatch">, log: Log): { stop(): void } {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  async function look(): Promise<void> {
    try {
      await manager.dispatch();
    } catch (error) {
      log.warn({ err: error instanceof Error ? error.message : String(error) }, "could not look for waiting tasks");
    }
    if (!stopped) timer = setTimeout(() => void look(), DISPATCH_EVERY_MS);
  }
  void look();
  return {
    stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
    },
  };
}
