import type { SyncState } from "@/lib/contract/events";
import { newerProgress } from "@/lib/contract/task-rules";

/**
 * The state to show: within one start of a server the larger `seq` wins; another `boot_id` is another server and
 * always wins, except that the numbers of a task both know never turn back.
 */
export function newerState(held: SyncState | null, arrived: SyncState): SyncState {
  if (!held) return arrived;
  if (held.boot_id === arrived.boot_id) return arrived.seq > held.seq ? arrived : held;
  return { ...arrived, current: newerProgress(held.current, arrived.current) };
}
