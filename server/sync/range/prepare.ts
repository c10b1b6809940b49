import type { Day } from "@/lib/contract/day";
import { whileAway } from "@/server/sync/trying/away";
import { type Chances, createChances, isRefusalForGood, isWorthTrying, waitOf } from "./chances";
import { createChunks, type Chunks } from "./chunks";
import { DiskFullError, LeaseLostError, SourceError, StoppedError, wordsOf } from "@/server/sync/errors";
import { createKeeping, type Keeping } from "./keeping";
import type { Clock, Log, PlannedDay } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import type { StagedChunk, StageStore } from "@/server/sync/stage-ports";
import type { Wait } from "@/server/sync/task/task-record";

export interface PreparationOptions {
  clock: Clock;
  log: Log;
  source: Source;
  plan: readonly PlannedDay[];
  taskId: string;
  store: StageStore;
  notDue(day: Day): boolean;
  /** Ends everything at once. */
  signal: AbortSignal;
  /** Ends the walk between two requests: a pause, or a stop of the server. */
  stopping: AbortSignal;
  watch: {
    /** So many days wait for another walk. */
    walkBegun(daysLeft: number): void;
    /** Symbols so far, and of how many; null = not known yet. */
    collected(done: number, of: number | null): void;
    walkEnded(): void;
    /** The walk waits before the source is asked again; null = it goes on. */
    waiting(wait: Wait | null): void;
  };
}

/** The days of a source that is cheap by range: collected chunk by chunk, before the first day of each is fetched. */
export interface Preparation {
  /** The source whose days come out of the stage. */
  source: Source;
  /** Collects what the day needs, unless that is there; false = stopped between two requests. */
  before(day: Day): Promise<boolean>;
  /** The day has its outcome; a chunk whose days all have is dropped. */
  done(day: Day): Promise<void>;
}

/** A chunk in work; `failure` is what its days fail with. */
interface Walk {
  keeping: Keeping;
  isWhole: boolean;
  failure: unknown;
}

export function createPreparation(options: PreparationOptions): Preparation {
  const { source } = options;
  if (!source.prepare) return { source, before: async () => true, done: async () => {} };
  const walks = new Map<number, Walk>();
  let chunks: Chunks | null = null;
  /** A ban, a used-up allowance, a login that is not accepted: this run asks no more. */
  let refused: unknown = null;
  const chances = createChances(options.clock);
  const { clock, log, taskId, signal, store, watch } = options;
  const patiently = <T>(work: () => Promise<T>) => whileAway({ clock, log, taskId, signal }, work);

  async function knownChunks(): Promise<Chunks> {
    chunks ??= createChunks(options.plan, await patiently(() => store.chunks()), options.notDue);
    return chunks;
  }

  function walkOf(chunk: StagedChunk): Walk {
    const known = walks.get(chunk.chunk);
    if (known) return known;
    const walk = { keeping: createKeeping({ clock, store, chunk, patiently }), isWhole: false, failure: null };
    walks.set(chunk.chunk, walk);
    return walk;
  }

  return {
    source: {
      ...source,
      async fetchDay(day, fetchOptions) {
        const walk = walkOf((await knownChunks()).of(day));
        if (!walk.isWhole) throw asSpent(walk.failure);
        return source.fetchDay(day, { ...fetchOptions, stage: walk.keeping });
      },
    },
    async before(day) {
      const known = await knownChunks();
      const chunk = known.of(day);
      const walk = walkOf(chunk);
      if (walk.isWhole) return true;
      if (refused !== null) {
        walk.failure = refused;
        return true;
      }
      // The days of a chunk that just failed share its failure: asked for each of them the source would hear of it 250 times.
      if (walk.failure !== null && !chances.mayTryAgain()) return true;
      watch.walkBegun(known.unclaimed());
      const wentOn = await collect(options, chunk.days, walk, chances);
      if (wentOn) watch.walkEnded();
      if (isRefusalForGood(walk.failure)) refused = walk.failure;
      return wentOn;
    },
    async done(day) {
      const chunk = (await knownChunks()).done(day);
      if (!chunk) return;
      walks.delete(chunk.chunk);
      try {
        await patiently(() => store.drop(chunk.chunk));
      } catch (error) {
        if (endsTheRun(error) || signal.aborted) throw error;
        log.warn({ task_id: taskId, err: wordsOf(error) }, "what was collected stays until the task ends");
      }
    },
  };
}

/**
 * One walk, tried again from where it broke. Where the chunk has failed before, or nobody answered the chunk before it, this
 * is but one more chance, after a rest and without waits.
 */
async function collect(options: PreparationOptions, days: Day[], walk: Walk, chances: Chances): Promise<boolean> {
  const { source, signal, stopping, watch } = options;
  const { keeping } = walk;
  let waits = walk.failure === null ? chances.waitsMs() : [];
  const restMs = chances.restMs();
  if (restMs > 0 && !(await rest(options, restMs))) return false;
  const betweenRequests = async () => {
    signal.throwIfAborted();
    if (stopping.aborted) throw new StoppedError();
  };
  const ask = { signal, stage: keeping, onProgress: watch.collected, betweenRequests };
  for (let attempt = 0; ; ) {
    const before = keeping.count();
    try {
      if (stopping.aborted) return false;
      await source.prepare?.(days, ask);
      await keeping.flush();
      Object.assign(walk, { isWhole: true, failure: null });
      chances.worked();
      return true;
    } catch (error) {
      if (signal.aborted || endsTheRun(error)) throw error;
      const cause = await keepWhatCame(keeping, error, signal);
      if (cause instanceof StoppedError) return false;
      if (keeping.count() > before) {
        chances.worked();
        [attempt, waits] = [0, chances.waitsMs()];
      }
      const wait = waits[attempt];
      attempt += 1;
      if (wait === undefined || !isWorthTrying(cause)) {
        walk.failure = cause;
        chances.failed(cause);
        return true;
      }
      const waitMs = waitOf(cause, wait);
      options.log.warn({ task_id: options.taskId, waitMs, err: wordsOf(cause) }, "collecting failed, trying again");
      if (!(await rest(options, waitMs))) return false;
    }
  }
}

/** What the walk failed with: its own error, or that of the database which does not take what came before it. */
async function keepWhatCame(keeping: Keeping, error: unknown, signal: AbortSignal): Promise<unknown> {
  try {
    await keeping.flush();
    return error;
  } catch (refusal) {
    if (signal.aborted || endsTheRun(refusal)) throw refusal;
    return refusal;
  }
}

/** No verdict on the walk: the lease is gone, or the database has no room and the task pauses. */
const endsTheRun = (error: unknown) => error instanceof LeaseLostError || error instanceof DiskFullError;

/** The watchers see it. False where the rest was cut short by a stop. */
async function rest({ clock, signal, stopping, watch }: PreparationOptions, ms: number): Promise<boolean> {
  watch.waiting({ code: "retrying", until_ms: clock.now() + ms });
  try {
    await clock.sleep(ms, AbortSignal.any([signal, stopping]));
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  } finally {
    watch.waiting(null);
  }
}

/** The failure of the walk as that of a day: all attempts were made. */
function asSpent(failure: unknown): unknown {
  if (!(failure instanceof SourceError && failure.retry)) return failure;
  const { refusal, params, waitMs } = failure;
  return new SourceError(
    refusal,
    { kind: "other", ...params },
    { cause: failure, retry: false, ...(waitMs === null ? {} : { waitMs }) },
  );
}
