import { wordsOf } from "@/server/sync/errors";
import type { Clock, Log } from "@/server/sync/ports";
import type { Wished } from "@/server/sync/session-ports";

/** How often the holder looks what people want of its task: commands given elsewhere arrive within a second or two. */
const LOOK_EVERY_MS = 1_000;

export interface WishWatchOptions {
  clock: Clock;
  log: Log;
  read(): Promise<Wished>;
  onWish(wished: Wished): void;
}

export interface WishWatch {
  /** Looks at once: another instance told that there is a command. */
  lookNow(): void;
  stop(): void;
}

/** Reads once a second what people want of the running task. A look that fails is no wish; the next one comes. */
export function watchWish({ clock, log, read, onWish }: WishWatchOptions): WishWatch {
  let stopped = false;
  let pause = new AbortController();

  async function watching(): Promise<void> {
    for (;;) {
      await clock.sleep(LOOK_EVERY_MS, pause.signal).catch(() => {});
      if (stopped) return;
      // Made before the look, so that a command told during it is looked for once more.
      pause = new AbortController();
      try {
        const wished = await read();
        if (wished.wish !== "run" && !stopped) onWish(wished);
      } catch (error) {
        if (!stopped) log.warn({ err: wordsOf(error) }, "could not look for commands");
      }
    }
  }
  void watching();
  return {
    lookNow: () => pause.abort(new Error("told")),
    stop() {
      stopped = true;
      pause.abort(new Error("stopped"));
    },
  };
}
