import type { Day } from "@/lib/contract/day";
import type { Log, SyncEvents } from "@/server/sync/ports";
import type { EncodedDay } from "@/server/sync/session-ports";
import type { Fetched, FetchOptions, Source } from "@/server/sync/source-ports";
import { asRows, type Rows } from "@/server/sync/rows/cut-rows";
import { someRows } from "./builders";

export interface FakeLog extends Log {
  lines: { level: "info" | "warn" | "error"; message: string; fields: object }[];
}

/** A log that keeps its lines for the test to read. */
export function createFakeLog(): FakeLog {
  const lines: FakeLog["lines"] = [];
  const at = (level: "info" | "warn" | "error") => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}

export interface FakeSource extends Source {
  /** Every day asked for, in the order of the asking, attempts included. */
  asked: Day[];
}

/** A source that answers what the test says; by itself every day has 100 rows. */
export function createFakeSource(
  answer: (day: Day, options: FetchOptions, attempt: number) => Fetched | Promise<Fetched> = (day) => rowsAnswer(day),
  over: Partial<Pick<Source, "name" | "sample" | "publishHour">> = {},
): FakeSource {
  const asked: Day[] = [];
  return {
    name: "files",
    sample: false,
    publishHour: 18,
    ...over,
    asked,
    async fetchDay(day, options) {
      asked.push(day);
      return answer(day, options, asked.filter((other) => other === day).length);
    },
  };
}

/** The answer of a source that has the day. */
export function rowsAnswer(day: Day, count = 100): Fetched {
  return { kind: "rows", rows: someRows(day, count) };
}

/** A source that keeps silent on one day, and hears its signal. */
export function hangingOn(hanging: Day): FakeSource {
  return createFakeSource((day, { signal }) => (day === hanging ? untilAborted(signal) : rowsAnswer(day)));
}

/** One byte a row, and a checksum that tells one set of codes and prices from another. */
export function fakeEncode(rows: Rows): EncodedDay {
  const checksum = asRows(rows)
    .map((row) => `${row.stock_code}:${row.close_price}`)
    .join(",");
  return { body: new Uint8Array(rows.length), rows: rows.length, checksum };
}

export interface FakeEvents extends SyncEvents {
  deltas: { taskId: string; daysSeq: number; days: Day[] }[];
  taskChanges(): number;
}

/** Watchers that write down what they were told. */
export function createFakeEvents(): FakeEvents {
  const deltas: FakeEvents["deltas"] = [];
  let changes = 0;
  return {
    deltas,
    taskChanges: () => changes,
    taskChanged() {
      changes += 1;
    },
    queueChanged() {
      changes += 1;
    },
    daysChanged(taskId, daysSeq, days) {
      deltas.push({ taskId, daysSeq, days: days.map((day) => day.date) });
    },
    coverageChanged() {},
  };
}

/** Rejects with the signal's reason once it is aborted, and does nothing else. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}

/** A promise and its handles. */
export function aGate<T = void>(): { promise: Promise<T>; open(value: T): void; fail(error: unknown): void } {
  let open: (value: T) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}
