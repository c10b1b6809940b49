import type { Day } from "@/lib/contract/day";
import { whileAway } from "@/server/sync/trying/away";
import { createChunks, type Chunks } from "./chunks";
import { DiskFullError, LeaseLostError, SourceError, StoppedError, wordsOf } from "@/server/sync/errors";
import { createKeeping, type Keeping } from "./keeping";
import type { Clock, Log, PlannedDay } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import type { StagedChunk, StageStore } from "@/server/sync/stage-ports";

/** A walk stands for many days, so it is more patient than one of them. Every symbol that arrives makes it so anew. */
const WAITS_MS = [1_000, 4_000, 15_000, 40_000];

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
      watch.walkBegun(known.unclaimed());
      const wentOn = await collect(options, chunk.days, walk);
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

/** One walk, tried again from where it broke. Once a chunk has failed, its next day gives it one more chance, without waits. */
async function collect(options: PreparationOptions, days: Day[], walk: Walk): Promise<boolean> {
  const { source, clock, signal, stopping, watch } = options;
  const { keeping } = walk;
  const waits = walk.failure === null ? WAITS_MS : [];
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
      return true;
    } catch (error) {
      if (signal.aborted || endsTheRun(error)) throw error;
      const cause = await keepWhatCame(keeping, error, signal);
      if (cause instanceof StoppedError) return false;
      if (keeping.count() > before) attempt = 0;
      const wait = waits[attempt];
      attempt += 1;
      if (wait === undefined || !isWorthTrying(cause)) {
        walk.failure = cause;
        return true;
      }
      const waitMs = waitOf(cause, wait);
      options.log.warn({ task_id: options.taskId, waitMs, err: wordsOf(cause) }, "collecting failed, trying again");
      if (!(await rest(clock, waitMs, signal, stopping))) return false;
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

/** A line that broke, a server that asks for a moment: what a ban or a used-up allowance needs is not for a walk to wait. */
function isWorthTrying(error: unknown): boolean {
  return error instanceof SourceError && (error.retry || error.refusal === "later" || error.refusal === "rate");
}

function isRefusalForGood(error: unknown): boolean {
  return error instanceof SourceError && ["quota", "auth", "plan"].includes(error.refusal);
}

function waitOf(error: unknown, usualMs: number): number {
  const asked = error instanceof SourceError ? (error.waitMs ?? 0) : 0;
  return Math.max(usualMs, Math.min(asked, WAITS_MS.at(-1) ?? usualMs));
}

/** False where the rest was cut short by a stop. */
async function rest(clock: Clock, ms: number, signal: AbortSignal, stopping: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, AbortSignal.any([signal, stopping]));
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
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
