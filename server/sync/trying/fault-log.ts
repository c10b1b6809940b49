import { wordsOf } from "@/server/sync/errors";
import type { Log } from "@/server/sync/ports";

/** Logs a failure that comes again with every look only once, until it changes or passes: a night without a database is one line. */
export function createFaultLog(log: Pick<Log, "warn">, message: string) {
  let last: string | null = null;
  return {
    failed(error: unknown): void {
      const words = wordsOf(error);
      if (words !== last) log.warn({ err: words }, message);
      last = words;
    },
    passed(): void {
      last = null;
    },
  };
}
