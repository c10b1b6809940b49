import type { Day } from "@/lib/contract/day";
import { whileAway } from "@/server/sync/trying/away";
import { createChances, isRefusalForGood } from "./chances";
import { createChunks, type Chunks } from "./chunks";
import { collect, type CollectOptions, endsTheRun, type Walk } from "./collect";
import { SourceError, wordsOf } from "@/server/sync/errors";
import { createKeeping } from "./keeping";
import type { PlannedDay } from "@/server/sync/session-ports";
import type { Source } from "@/server/sync/source-ports";
import type { StagedChunk, StageStore } from "@/server/sync/stage-ports";

export interface PreparationOptions extends Omit<CollectOptions, "chances" | "watch"> {
  plan: readonly PlannedDay[];
  store: StageStore;
  notDue(day: Day): boolean;
  watch: CollectOptions["watch"] & {
    /** So many days wait for another walk. */
    walkBegun(daysLeft: number): void;
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
      const wentOn = await collect({ ...options, chances }, chunk.days, walk);
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
