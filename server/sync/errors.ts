import type { DayErrorCode, Fact } from "@/lib/contract/problem";
import type { RejectedRow, SystemPauseReason } from "@/lib/contract/task";
import { storableParams } from "./rows/shown";
import type { NothingFetched } from "./source-ports";

/** How a source refused: decides whether the day is tried again (4-sources: later · rate · quota · auth · plan · broken). */
export type SourceRefusal = "later" | "rate" | "quota" | "auth" | "plan" | "broken";

/**
 * The source gave no usable day. `kind` names what was wrong in a word the text files know (`dayError.source_error`
 * selects its sentence by it); `detail` carries the source's own words, secrets cut out.
 */
export class SourceError extends Error {
  readonly refusal: SourceRefusal;
  readonly params: Fact["params"];
  /** A broken answer and a source that asks to come later are worth another attempt; a failure asked for by configuration is not. */
  readonly retry: boolean;
  /** When the source said it may be asked again: milliseconds from now (`Retry-After`, a minute's budget); null = it did not say. */
  readonly waitMs: number | null;

  constructor(
    refusal: SourceRefusal,
    params: { kind: string; detail?: string } & Fact["params"],
    options: { cause?: unknown; retry?: boolean; waitMs?: number } = {},
  ) {
    super(`${params.kind}${params.detail ? `: ${params.detail}` : ""}`, { cause: options.cause });
    this.name = "SourceError";
    this.refusal = refusal;
    this.params = storableParams(params);
    this.retry = options.retry ?? (refusal === "broken" || refusal === "later");
    this.waitMs = options.waitMs ?? null;
  }
}

/** The rows of the day break a rule that fails the whole day; `rule` selects the sentence, the rest names row and field. */
export class BadRowsError extends Error {
  readonly params: Fact["params"];
  /** Where too many rows were unusable: how many, and the first of them. */
  readonly leftOut: { rejected: number; sample: readonly RejectedRow[] };

  constructor(params: { rule: string } & Fact["params"], leftOut: BadRowsError["leftOut"] = { rejected: 0, sample: [] }) {
    super(
      `bad rows: ${Object.entries(params)
        .map(([key, value]) => `${key}=${value}`)
        .join(" ")}`,
    );
    this.name = "BadRowsError";
    this.params = storableParams(params);
    this.leftOut = leftOut;
  }
}

/** A day that failed for good: what the page shows and the history keeps. */
export class DayFailure extends Error {
  readonly code: DayErrorCode;
  readonly params: Fact["params"];

  constructor(code: DayErrorCode, params: Fact["params"], options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.name = "DayFailure";
    this.code = code;
    this.params = storableParams(params);
  }
}

/** The source has nothing for a day that it should have; `missing` names the file that is not there, `barren` one without a row of the day. */
export function sourceEmpty({ missing, barren }: Omit<NothingFetched, "kind"> = {}): DayFailure {
  if (missing !== undefined) return new DayFailure("source_empty", { kind: "no_file", detail: missing });
  if (barren !== undefined) return new DayFailure("source_empty", { kind: "no_row_in_file", detail: barren });
  return new DayFailure("source_empty", { kind: "no_rows" });
}

/** What was not done within its time. */
export function timedOut(afterMs: number): DayFailure {
  return new DayFailure("timeout", { seconds: Math.round(afterMs / 1000) });
}

/** Why a task pauses by itself, and when it goes on (Unix ms); `detail` is what the source said. */
export interface SystemPause {
  reason: SystemPauseReason;
  resumeMs: number;
  detail: string | null;
}

/** The day cannot be had before a time that is known: the task pauses, and the day has no outcome. */
export class PauseError extends Error {
  readonly pause: SystemPause;

  constructor(pause: SystemPause) {
    super(`${pause.reason}${pause.detail ? `: ${pause.detail}` : ""}`);
    this.name = "PauseError";
    this.pause = pause;
  }
}

/** The database has no room left: nothing was written, and it will not be until somebody makes room. */
export class DiskFullError extends Error {
  constructor(cause: unknown) {
    super(`the database has no room left: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "DiskFullError";
  }
}

/** The lease is gone: this process may write nothing more. */
export class LeaseLostError extends Error {
  constructor(reason: string) {
    super(`lease lost: ${reason}`);
    this.name = "LeaseLostError";
  }
}

/** The database cannot be reached: no verdict on the day, the work is done again as soon as it answers. */
export class DatabaseAwayError extends Error {
  constructor(cause: unknown) {
    super(`the database does not answer: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "DatabaseAwayError";
  }
}

/** The database is there, but somebody else's lock or a load kept it from answering in time: the same again a little later. */
export class DatabaseBusyError extends DatabaseAwayError {
  constructor(cause: unknown) {
    super(cause);
    this.name = "DatabaseBusyError";
  }
}

/** Work that ends between two requests because the task is being paused or the server stops: no verdict on anything. */
export class StoppedError extends Error {
  constructor() {
    super("stopped between two requests");
    this.name = "StoppedError";
  }
}

/** What an error says, whatever was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
