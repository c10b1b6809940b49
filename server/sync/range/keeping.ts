import type { Row } from "@/server/sync/rows/row";
import type { Clock } from "@/server/sync/ports";
import type { Stage, StagedChunk, StageStore } from "@/server/sync/stage-ports";

/** Symbols of one batch, and how long fewer of them wait: a crash loses no more than that. */
const BATCH_SYMBOLS = 50;
const KEEP_EVERY_MS = 5_000;

/** The stage of one chunk as its source sees it: symbols are gathered and written by the batch. */
export interface Keeping extends Stage {
  /** Writes what is gathered. */
  flush(): Promise<void>;
  /** Symbols kept by this run, written or not. */
  count(): number;
}

export interface KeepingOptions {
  clock: Pick<Clock, "monotonic">;
  store: StageStore;
  chunk: StagedChunk;
  /** Does the work again while the database is away. */
  patiently<T>(work: () => Promise<T>): Promise<T>;
}

export function createKeeping({ clock, store, chunk, patiently }: KeepingOptions): Keeping {
  let known: { symbols: Set<string>; batches: number } | null = null;
  let gathered: { symbols: string[]; rows: Row[] } = { symbols: [], rows: [] };
  let flushedMs = clock.monotonic();
  let count = 0;

  async function whatIsKept(): Promise<{ symbols: Set<string>; batches: number }> {
    if (known) return known;
    const batches = await patiently(() => store.batches(chunk.chunk));
    known = { symbols: new Set(batches.flat()), batches: batches.length };
    return known;
  }

  async function flush(): Promise<void> {
    if (gathered.symbols.length === 0) return;
    const held = await whatIsKept();
    const batch = { batch: held.batches + 1, ...gathered };
    await patiently(() => store.put(chunk.chunk, batch));
    held.batches += 1;
    gathered = { symbols: [], rows: [] };
    flushedMs = clock.monotonic();
  }

  return {
    notes: () => patiently(() => store.notes(chunk.chunk)),
    keepNotes: (notes) => patiently(() => store.keepNotes(chunk, notes)),
    async kept() {
      const { symbols } = await whatIsKept();
      return new Set([...symbols, ...gathered.symbols]);
    },
    async keep(symbol, rows) {
      (await whatIsKept()).symbols.add(symbol);
      gathered.symbols.push(symbol);
      gathered.rows.push(...rows);
      count += 1;
      if (gathered.symbols.length >= BATCH_SYMBOLS || clock.monotonic() - flushedMs >= KEEP_EVERY_MS) await flush();
    },
    rowsOf: (day) => patiently(() => store.rowsOf(chunk.chunk, day)),
    flush,
    count: () => count,
  };
}
