import PQueue from "p-queue";
import { PauseError } from "@/server/sync/errors";

export interface PipelineOptions<Step, Ready> {
  steps: readonly Step[];
  /** Days stored at the same time. */
  loaders: number;
  /** Fetched days may wait in memory up to this; one more may be on its way. */
  prefetchBytes: number;
  /** Ends everything: the fetch under way and the stores. */
  signal: AbortSignal;
  /** Ends the fetching only: what is fetched is still stored. */
  draining: AbortSignal;
  /** Begins no further fetch: the day being fetched is still brought home. */
  pausing: AbortSignal;
  /** What must be there before the step is fetched; false = it was stopped, and nothing further is begun. */
  prepare(step: Step): Promise<boolean>;
  /** A PauseError, or the reason of `pausing`, sets the day down: nothing more is fetched, and what is fetched is still stored. */
  fetch(step: Step, signal: AbortSignal): Promise<Ready>;
  bytesOf(ready: Ready): number;
  /** Stores the day or records its failure; rejects only when nothing more can be written at all. */
  store(ready: Ready): Promise<void>;
}

/**
 * Fetches one day after the other while earlier ones are being stored. Memory is bounded by bytes, not by days: a small
 * market runs far ahead, a large one does not. Resolves when all days are stored, or the fetched ones after draining; rejects
 * with the PauseError of the day that was set down, when the days before it are stored.
 */
export async function runPipeline<Step, Ready>(options: PipelineOptions<Step, Ready>): Promise<void> {
  const stores = new PQueue({ concurrency: options.loaders });
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const fetchSignal = AbortSignal.any([signal, options.draining]);
  let waitingBytes = 0;
  let setDown: PauseError | null = null;
  let wake = () => {};

  const room = async () => {
    while (waitingBytes >= options.prefetchBytes && !signal.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };

  const put = (ready: Ready) => {
    const bytes = options.bytesOf(ready);
    waitingBytes += bytes;
    void stores.add(async () => {
      try {
        if (!signal.aborted) await options.store(ready);
      } catch (error) {
        failed.abort(error);
      } finally {
        waitingBytes -= bytes;
        wake();
      }
    });
  };

  try {
    for (const step of options.steps) {
      await room();
      if (fetchSignal.aborted || options.pausing.aborted) break;
      if (!(await options.prepare(step))) break;
      put(await options.fetch(step, fetchSignal));
    }
  } catch (error) {
    const isPaused = options.pausing.aborted && error === options.pausing.reason;
    if (error instanceof PauseError) setDown = error;
    else if (!options.draining.aborted && !isPaused) failed.abort(error);
  }
  await stores.onIdle();
  signal.throwIfAborted();
  if (setDown) throw setDown;
}
