import { wordsOf } from "./errors";
import type { Clock, Log, Wished } from "./ports";

/** How often the holder looks what people want of its task: commands given elsewhere arrive within a second or two. */
const LOOK_EVERY_MS = 1_000;

export interface WishWatchOptions {
  clock: Clock;
  log: Log;
  read(): Promise<Wished>;
  onWish(wished: Wished): void;
}

/** Reads once a second what people want of the running task. A look that fails is no wish; the next one comes. */
export function watchWish({ clock, log, read, onWish }: WishWatchOptions): { stop(): void } {
  const stopped = new AbortController();
  async function watching(): Promise<void> {
    for (;;) {
      await clock.sleep(LOOK_EVERY_MS, stopped.signal);
      try {
        const wished = await read();
        if (wished.wish !== "run" && !stopped.signal.aborted) onWish(wished);
      } catch (error) {
        if (!stopped.signal.aborted) log.warn({ err: wordsOf(error) }, "could not look for commands");
      }
    }
  }
  // Ends by the abort of its sleep.
  watching().catch(() => {});
  return { stop: () => stopped.abort(new Error("stopped")) };
}
