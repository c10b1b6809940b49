import type { Day } from "@/lib/contract/day";
import type { Row } from "./rows/row";

/**
 * What a source that is cheap by range collects for a chunk of days before they are stored. It outlives a pause, an
 * interruption and a restart of its task, and goes with the task's end.
 */
export interface Stage {
  /** What the source noted (plain data), null = nothing yet. */
  notes(): Promise<unknown>;
  keepNotes(notes: object): Promise<void>;
  /** Symbols whose rows are whole, those without any row included. */
  kept(): Promise<ReadonlySet<string>>;
  /** All rows of a symbol in the chunk; of other days none. */
  keep(symbol: string, rows: readonly Row[]): Promise<void>;
  rowsOf(day: Day): Promise<Row[]>;
}

export interface PrepareOptions {
  signal: AbortSignal;
  stage: Stage;
  /** Symbols that are whole so far, and how many there are; null = not known yet. */
  onProgress(done: number, of: number | null): void;
  /** Called between two requests: rejects when the task is to be paused or the server stops. What is kept stays. */
  betweenRequests(): Promise<void>;
}

/** Days that are collected together; `chunk` counts from 1 within the task. */
export interface StagedChunk {
  chunk: number;
  days: Day[];
}

/** Rows of some symbols, all of them whole. */
export interface StagedBatch {
  /** Counts from 1 within the chunk: the same batch once more changes nothing. */
  batch: number;
  symbols: string[];
  rows: Row[];
}

/** The stage of one task in the database. Every write is fenced: an old epoch keeps and drops nothing. Rejects like `storeDay`. */
export interface StageStore {
  /** Chunks with notes, oldest first. */
  chunks(): Promise<StagedChunk[]>;
  notes(chunk: number): Promise<unknown>;
  /** Makes the chunk where it is new. */
  keepNotes(chunk: StagedChunk, notes: object): Promise<void>;
  /** The symbols of each batch. */
  batches(chunk: number): Promise<string[][]>;
  /** Also forgives the crashes of the task so far: it went on. */
  put(chunk: number, batch: StagedBatch): Promise<void>;
  rowsOf(chunk: number, day: Day): Promise<Row[]>;
  drop(chunk: number): Promise<void>;
}
