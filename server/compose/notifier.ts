import type { Config } from "@/server/config/config";
import { createNotifier } from "@/server/notify/notifier";
import { createPost } from "@/server/notify/post";
import type { Clock, Log } from "@/server/sync/ports";
import type { Reads } from "@/server/sync/asked/reads";

/** A notice counts the causes of so many failed days. */
const DAYS_TOLD = 1_000;

export interface NotifierParts {
  config: Config;
  zone: string;
  reads: Reads;
  clock: Clock;
  log: Log;
}

/** Who tells the operator's webhook what goes wrong; null where none is set. */
export function composeNotifier({ config, zone, reads, clock, log }: NotifierParts) {
  if (!config.notifyUrl) return null;
  return createNotifier({
    clock,
    log,
    webhook: createPost(config.notifyUrl),
    origin: config.publicOrigin,
    zone,
    reads: {
      ...reads,
      failedDays: async (taskId) =>
        (await reads.taskDays(taskId, { status: "failed", after: null, limit: DAYS_TOLD }))?.days ?? [],
    },
  });
}

export type ComposedNotifier = ReturnType<typeof composeNotifier>;
