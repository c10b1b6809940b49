import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { DayFailure, LeaseLostError, SourceError } from "@/server/sync/errors";
import type { Source } from "@/server/sync/source-ports";
import { createPreparation } from "@/server/sync/range/prepare";
import type { PrepareOptions, StageStore } from "@/server/sync/stage-ports";
import { aFetch, someRows } from "../../support/builders";
import { createFakeClock } from "../../support/clock";
import { createFakeLog, createFakeSource } from "../../support/fakes";
import { type MemoryStages, memoryStageStore } from "../memory-stage-store";

const DAYS: Day[] = ["2024-03-04", "2024-03-05", "2024-03-06"];
const SYMBOLS = Array.from({ length: 120 }, (_, index) => String(600_000 + index));
const broken = () => new SourceError("broken", { kind: "stalled", detail: "line" });
const unwatched = { signal: new AbortController().signal, onProgress: () => {} };

interface Bench {
  /** Called before each symbol is asked for; numbered from 1 over all walks. */
  asking?: (request: number, symbol: string) => Promise<void> | void;
  store?: (inner: StageStore) => Partial<StageStore>;
  stages?: MemoryStages;
  days?: Day[];
}

/** A source of 120 symbols that is cheap by range, and a preparation over it. */
function onBench({ asking, store, stages = new Map(), days = DAYS }: Bench = {}) {
  const clock = createFakeClock();
  const stop = new AbortController();
  const stopping = new AbortController();
  const asked: string[] = [];
  const watched: string[] = [];
  const waits: (string | null)[] = [];
  async function prepare(chunk: readonly Day[], { stage, betweenRequests, onProgress }: PrepareOptions): Promise<void> {
    if ((await stage.notes()) === null) await stage.keepNotes({});
    const kept = await stage.kept();
    for (const symbol of SYMBOLS) {
      if (kept.has(symbol)) continue;
      await betweenRequests();
      asked.push(symbol);
      await asking?.(asked.length, symbol);
      await stage.keep(
        symbol,
        chunk.flatMap((day) => someRows(day, 1).map((row) => ({ ...row, stock_code: symbol }))),
      );
      onProgress(asked.length, SYMBOLS.length);
    }
  }
  const source: Source = {
    ...createFakeSource(),
    prepare,
    fetchDay: async (day, { stage }) => ({ kind: "rows", rows: (await stage?.rowsOf(day)) ?? [] }),
  };
  const inner = memoryStageStore(stages, "t", () => {});
  const log = createFakeLog();
  const preparation = createPreparation({
    clock,
    log,
    source,
    plan: days.map((day) => aFetch(day)),
    taskId: "t",
    store: { ...inner, ...store?.(inner) },
    notDue: () => false,
    signal: stop.signal,
    stopping: stopping.signal,
    watch: {
      walkBegun: (daysLeft) => void watched.push(`begun, ${daysLeft} left`),
      collected: () => {},
      walkEnded: () => void watched.push("ended"),
      waiting: (wait) => void waits.push(wait?.code ?? null),
    },
  });
  const rowsOn = async (day: Day) => {
    const fetched = await preparation.source.fetchDay(day, unwatched);
    return fetched.kind === "rows" ? fetched.rows.length : 0;
  };
  return { clock, stop, stopping, asked, watched, waits, stages, log, preparation, rowsOn };
}

describe("a preparation", () => {
  test("walks once before the first day of a chunk; the days come out of the stage", async () => {
    const { preparation, asked, watched, rowsOn } = onBench();
    for (const day of DAYS) {
      expect(await preparation.before(day)).toBe(true);
      expect(await rowsOn(day)).toBe(120);
    }
    expect(asked).toEqual(SYMBOLS);
    expect(watched).toEqual(["begun, 0 left", "ended"]);
  });

  test("of a source that fetches day by day does nothing", async () => {
    const source = createFakeSource();
    const preparation = createPreparation({ source } as unknown as Parameters<typeof createPreparation>[0]);
    expect(preparation.source).toBe(source);
    expect(await preparation.before(DAYS[0]!)).toBe(true);
  });

  test("drops a chunk with the outcome of its last day, not before", async () => {
    const { preparation, stages } = onBench();
    await preparation.before(DAYS[0]!);
    await preparation.done(DAYS[0]!);
    await preparation.done(DAYS[2]!);
    expect(stages.get("t")?.size).toBe(1);
    await preparation.done(DAYS[1]!);
    expect(stages.get("t")?.size).toBe(0);
  });

  test("of a new run asks only for what the stage has not: a crash loses a batch at most", async () => {
    const first = onBench({
      asking: (request) => {
        if (request === 75) throw new LeaseLostError("killed");
      },
    });
    await expect(first.preparation.before(DAYS[0]!)).rejects.toThrow(LeaseLostError);
    const second = onBench({ stages: first.stages });
    expect(await second.preparation.before(DAYS[0]!)).toBe(true);
    expect(second.asked).toEqual(SYMBOLS.slice(50));
    expect(await second.rowsOn(DAYS[1]!)).toBe(120);
  });

  test("stops between two requests and loses nothing of what came", async () => {
    const first = onBench({
      asking: (request) => {
        if (request === 75) first.stopping.abort(new Error("pause"));
      },
    });
    expect(await first.preparation.before(DAYS[0]!)).toBe(false);
    expect(first.asked).toHaveLength(75);
    const second = onBench({ stages: first.stages });
    await second.preparation.before(DAYS[0]!);
    expect(second.asked).toEqual(SYMBOLS.slice(75));
  });

  test("is cancelled with the reason of the signal, also while it waits", async () => {
    const { preparation, stop, clock } = onBench({
      asking: () => {
        throw broken();
      },
    });
    const before = preparation.before(DAYS[0]!);
    const refused = expect(before).rejects.toThrow("cancelled");
    await clock.advance(500);
    stop.abort(new Error("cancelled"));
    await refused;
  });

  test("that is paused while it waits for another try stops at once", async () => {
    const { preparation, stopping, clock } = onBench({
      asking: () => {
        throw broken();
      },
    });
    const before = preparation.before(DAYS[0]!);
    await clock.advance(500);
    stopping.abort(new Error("pause"));
    expect(await before).toBe(false);
  });
});

describe("a walk that breaks", () => {
  test("is tried again from where it broke, and symbols that arrive make it patient anew", async () => {
    const { preparation, asked, clock, rowsOn } = onBench({
      asking: (request) => {
        if (request % 12 === 0) throw broken();
      },
    });
    expect(await clock.drive(preparation.before(DAYS[0]!))).toBe(true);
    expect(new Set(asked).size).toBe(120);
    expect(asked.length).toBe(120 + 10);
    expect(await rowsOn(DAYS[0]!)).toBe(120);
  });

  test("for good fails the days of its chunk with its own words; a later day gives it one more chance, after a minute", async () => {
    const { preparation, asked, waits, clock } = onBench({
      asking: () => {
        throw broken();
      },
    });
    expect(await clock.drive(preparation.before(DAYS[0]!))).toBe(true);
    expect(asked).toHaveLength(5);
    expect(waits).toEqual(Array.from({ length: 4 }, () => ["retrying", null]).flat());
    await expect(preparation.source.fetchDay(DAYS[0]!, unwatched)).rejects.toMatchObject({
      refusal: "broken",
      retry: false,
      params: { kind: "stalled", detail: "line" },
    });
    expect(await preparation.before(DAYS[1]!)).toBe(true);
    expect(asked).toHaveLength(5);
    await expect(preparation.source.fetchDay(DAYS[1]!, unwatched)).rejects.toMatchObject({ params: { kind: "stalled" } });
    await clock.advance(60_000);
    expect(await preparation.before(DAYS[2]!)).toBe(true);
    expect(asked).toHaveLength(6);
  });

  test("because nobody answers leaves the next chunk one try after a rest, and its patience comes back with the first symbol", async () => {
    let isDown = true;
    const farApart: Day[] = ["2021-03-04", "2022-09-05", "2024-03-06"];
    const { preparation, asked, waits, clock, rowsOn } = onBench({
      days: farApart,
      asking: (request) => {
        if (isDown || request === 10) throw broken();
      },
    });
    await clock.drive(preparation.before(farApart[0]!));
    const failedMs = clock.monotonic();
    await clock.drive(preparation.before(farApart[1]!));
    expect(clock.monotonic() - failedMs).toBe(60_000);
    expect(asked).toHaveLength(6);
    expect(waits.at(-2)).toBe("retrying");
    isDown = false;
    await clock.drive(preparation.before(farApart[2]!));
    expect(clock.monotonic() - failedMs).toBeGreaterThan(60_000 + 120_000);
    expect(await rowsOn(farApart[2]!)).toBe(120);
  });

  test.each(["quota", "auth", "plan"] as const)("by a refusal (%s) asks no more in this run", async (refusal) => {
    const { preparation, asked } = onBench({
      asking: () => {
        throw new SourceError(refusal, { kind: "banned" }, { waitMs: 5 });
      },
    });
    for (const day of DAYS) {
      expect(await preparation.before(day)).toBe(true);
      await expect(preparation.source.fetchDay(day, unwatched)).rejects.toMatchObject({ refusal, waitMs: 5 });
    }
    expect(asked).toHaveLength(1);
  });

  test("because the database does not take the rows fails the day with the words of the database", async () => {
    const refused = async () => {
      throw new DayFailure("database_error", { detail: "disk full" });
    };
    const { preparation } = onBench({ store: () => ({ put: refused }) });
    expect(await preparation.before(DAYS[0]!)).toBe(true);
    await expect(preparation.source.fetchDay(DAYS[0]!, unwatched)).rejects.toMatchObject({ code: "database_error" });
  });

  test("a stage that cannot be dropped is left to the end of the task", async () => {
    const { preparation, log } = onBench({
      days: DAYS.slice(0, 1),
      store: () => ({
        drop: async () => {
          throw new DayFailure("database_error", { detail: "lock timeout" });
        },
      }),
    });
    await preparation.before(DAYS[0]!);
    await preparation.done(DAYS[0]!);
    expect(log.lines.at(-1)).toMatchObject({ level: "warn", message: "what was collected stays until the task ends" });
  });
});
