import type { StagedBatch, StagedChunk, StageStore } from "@/server/sync/stage-ports";

interface MemoryChunk extends StagedChunk {
  notes: object;
  batches: StagedBatch[];
}

/** What is staged for each task, by the number of the chunk. */
export type MemoryStages = Map<string, Map<number, MemoryChunk>>;

/** The stage tables in memory, fenced like the others. */
export function memoryStageStore(
  stages: MemoryStages,
  taskId: string,
  fence: () => void,
  reach: (call: string) => Promise<void> = async () => {},
): StageStore {
  const held = () => stages.get(taskId) ?? new Map<number, MemoryChunk>();
  const begin = async (call: string) => {
    await reach(call);
    fence();
  };
  return {
    async chunks() {
      await reach("stagedChunks");
      return [...held().values()].map(({ chunk, days }) => ({ chunk, days: [...days] }));
    },
    notes: async (chunk) => structuredClone(held().get(chunk)?.notes ?? null),
    async keepNotes({ chunk, days }, notes) {
      await begin("keepNotes");
      const batches = held().get(chunk)?.batches ?? [];
      stages.set(taskId, held().set(chunk, { chunk, days, notes: structuredClone(notes), batches }));
    },
    batches: async (chunk) => (held().get(chunk)?.batches ?? []).map(({ symbols }) => [...symbols]),
    async put(chunk, batch) {
      await begin("putBatch");
      const into = held().get(chunk);
      if (!into) throw new Error(`no chunk ${chunk}: its notes come first`);
      if (!into.batches.some((other) => other.batch === batch.batch)) into.batches.push(batch);
    },
    rowsOf: async (chunk, day) =>
      (held().get(chunk)?.batches ?? []).flatMap(({ rows }) => rows.filter((row) => row.trade_date === day)),
    async drop(chunk) {
      await begin("dropChunk");
      held().delete(chunk);
    },
  };
}
