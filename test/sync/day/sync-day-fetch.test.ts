import { describe, expect, test } from "vitest";
import { say } from "@/server/http/language";
import { BadRowsError, SourceError } from "@/server/sync/errors";
import { aLedger, aLedgerDay, someRows } from "../../support/builders";
import { createFakeSource, rowsAnswer, untilAborted } from "../../support/fakes";
import { DAY, onBench, TIMEOUT_MS } from "../sync-day-bench";

const failing = (cause: Error) =>
  createFakeSource(() => {
    throw cause;
  });
const empty = createFakeSource(() => ({ kind: "nothing" }));

describe("a day the source has nothing for", () => {
  test("failed when it should be there: never a silent skip", async () => {
    const bench = onBench({ source: empty });
    expect(await bench.run()).toMatchObject({
      status: "failed",
      reason: "source_empty",
      rows: 0,
      error: { code: "source_empty" },
    });
    expect(bench.stored).toEqual([]);
  });
  test("is failed with the name of the file that is not there, so that a wrong path is seen", async () => {
    const source = createFakeSource(() => ({ kind: "nothing", missing: "/data/2024-03-05.csv" }));
    const { error } = await onBench({ source }).run();
    expect(error).toEqual({ code: "source_empty", params: { kind: "no_file", detail: "/data/2024-03-05.csv" } });
    expect(say("en", "dayError.source_empty", error?.params)).toMatch(/this file does not exist: \/data\/2024-03-05\.csv$/);
    expect(say("zh-CN", "dayError.source_empty", error?.params)).toBe("当日为交易日，但文件不存在：/data/2024-03-05.csv");
    const words = "The exchange was open but the source has no rows for this day";
    for (const params of [(await onBench({ source: empty }).run()).error?.params, {}])
      expect(say("en", "dayError.source_empty", params)).toBe(words);
  });
  test("is failed with the name of the file that holds no row of the day, so that wrong dates are seen", async () => {
    const source = createFakeSource(() => ({ kind: "nothing", barren: "/data/2024-03-05.csv" }));
    const { error } = await onBench({ source }).run();
    expect(error).toEqual({ code: "source_empty", params: { kind: "no_row_in_file", detail: "/data/2024-03-05.csv" } });
    expect(say("en", "dayError.source_empty", error?.params)).toMatch(
      /this file holds no row of this day: \/data\/2024-03-05\.csv$/,
    );
    expect(say("zh-CN", "dayError.source_empty", error?.params)).toBe("当日为交易日，但文件中没有该日的行：/data/2024-03-05.csv");
  });
  test("is skipped as not published while it is not due, and leaves no trace in the ledger", async () => {
    const bench = onBench({ source: empty, over: { notDue: () => true } });
    expect(await bench.run()).toMatchObject({ status: "skipped", reason: "not_published", error: null });
    expect(bench.options.ledger.size).toBe(0);
  });
  test("whether it is due is asked after the source has answered", async () => {
    const late = createFakeSource(async (): Promise<{ kind: "nothing" }> => {
      await bench.clock.sleep(60_000);
      return { kind: "nothing" };
    });
    const bench = onBench({ source: late, over: { notDue: () => bench.clock.monotonic() < 60_000 } });
    expect(await bench.run()).toMatchObject({ reason: "source_empty" });
  });
  test("is the same when the source answers with no rows at all", async () => {
    const source = createFakeSource(() => ({ kind: "rows", rows: [] }));
    expect(await onBench({ source }).run()).toMatchObject({ reason: "source_empty" });
  });
  test("does not forget the rows that are stored", async () => {
    const held = aLedgerDay(DAY, { state: "suspect" });
    const bench = onBench({ source: empty, ledger: aLedger(held) });
    await bench.run();
    expect(bench.options.ledger.get(DAY)).toEqual(held);
  });
  test("becomes failed in the ledger where nothing is stored", async () => {
    const bench = onBench({ source: empty });
    await bench.run();
    expect(bench.options.ledger.get(DAY)).toMatchObject({ state: "failed", rows: 0 });
    expect(bench.options.loadedDays).toEqual([]);
  });
});

describe("a source that fails", () => {
  test("with a broken answer is asked three times, and the day fails with its words", async () => {
    const source = failing(new SourceError("broken", { kind: "truncated", detail: "day.csv.gz" }));
    const bench = onBench({ source });
    expect(await bench.run()).toMatchObject({
      status: "failed",
      reason: "source_error",
      attempts: 3,
      error: { code: "source_error", params: { kind: "truncated", detail: "day.csv.gz" } },
    });
    expect(source.asked).toHaveLength(3);
  });
  test("once is asked again, and the day is a success with two attempts", async () => {
    const source = createFakeSource((day, _options, attempt) => {
      if (attempt === 1) throw new SourceError("broken", { kind: "truncated" });
      return rowsAnswer(day);
    });
    expect(await onBench({ source }).run()).toMatchObject({ status: "success", attempts: 2, error: null });
  });
  test.each(["auth", "plan"] as const)("for want of %s is not asked again", async (refusal) => {
    const source = failing(new SourceError(refusal, { kind: "refused" }));
    expect(await onBench({ source }).run()).toMatchObject({ reason: "source_error", attempts: 1 });
    expect(source.asked).toHaveLength(1);
  });
  test("because it was configured to is not asked again", async () => {
    const source = failing(new SourceError("broken", { kind: "configured" }, { retry: false }));
    await onBench({ source }).run();
    expect(source.asked).toHaveLength(1);
  });
  test("in a way nobody foresaw fails the day, not the task", async () => {
    const bench = onBench({ source: failing(new TypeError("x is not a function")) });
    expect(await bench.run()).toMatchObject({
      reason: "source_error",
      error: { params: { kind: "other", detail: "x is not a function" } },
    });
  });
  test("with rows that break a rule is not asked again", async () => {
    const source = failing(new BadRowsError({ rule: "missing_column", field: "close_price" }));
    expect(await onBench({ source }).run()).toMatchObject({
      reason: "bad_rows",
      attempts: 1,
      error: { params: { rule: "missing_column" } },
    });
  });
  test("the row rules look at every row before anything is stored", async () => {
    const rows = someRows(DAY, 100);
    const source = createFakeSource(() => ({ kind: "rows", rows: [...rows, { ...rows[0]!, close_price: "99" }] }));
    const bench = onBench({ source });
    expect(await bench.run()).toMatchObject({ reason: "bad_rows", error: { params: { rule: "duplicate", row: 101 } } });
    expect(bench.stored).toEqual([]);
  });
});

describe("a source that does not answer", () => {
  test("fails the day when its time is up, with the seconds it had, even if it ignores its signal", async () => {
    const source = createFakeSource(() => new Promise(() => {}));
    const bench = onBench({ source });
    expect(await bench.run()).toMatchObject({ reason: "timeout", duration_ms: TIMEOUT_MS, error: { params: { seconds: 600 } } });
  });
  test("has one time limit for all attempts and the waits between them", async () => {
    const source = createFakeSource(async () => {
      await bench.clock.sleep(TIMEOUT_MS * 0.4);
      throw new SourceError("broken", { kind: "truncated" });
    });
    const bench = onBench({ source });
    expect(await bench.run()).toMatchObject({ reason: "timeout", attempts: 3, duration_ms: TIMEOUT_MS });
  });
  test("is not listened to any more once its time is up", async () => {
    let report: (done: number, of: number | null) => void = () => {};
    const source = createFakeSource((_day, options) => {
      report = options.onProgress;
      options.onProgress(1, 10);
      return new Promise(() => {});
    });
    const bench = onBench({ source });
    await bench.run();
    report(2, 10);
    expect(bench.progress).toEqual([1]);
  });
  test("is left at once when the stop comes, without a verdict on the day", async () => {
    const bench = onBench({ source: createFakeSource((_day, options) => untilAborted(options.signal)) });
    const fetched = bench.fetchDay();
    await bench.clock.advance(5_000);
    bench.stop.abort(new Error("lease lost"));
    await expect(fetched).rejects.toThrow("lease lost");
    expect(bench.recorded).toEqual([]);
  });
});

describe("the sample market", () => {
  const sample = () => createFakeSource(undefined, { name: "sample", sample: true });

  test("never writes over real rows, and is not even asked", async () => {
    const source = sample();
    const bench = onBench({ source, ledger: aLedger(aLedgerDay(DAY, { source: "files" })) });
    expect(await bench.run()).toMatchObject({ status: "failed", reason: "sample_into_existing", attempts: 0 });
    expect(source.asked).toEqual([]);
    expect(bench.options.ledger.get(DAY)).toMatchObject({ state: "complete", source: "files" });
  });
  test("writes over its own rows, over failed days, and over real ones when that was allowed", async () => {
    for (const held of [aLedgerDay(DAY, { source: "sample", rows: 100 }), aLedgerDay(DAY, { state: "failed", rows: 0 })]) {
      expect(await onBench({ source: sample(), ledger: aLedger(held) }).run()).toMatchObject({ status: "success" });
    }
    const real = aLedger(aLedgerDay(DAY, { rows: 100 }));
    expect(await onBench({ source: sample(), ledger: real, over: { sampleIntoExisting: true } }).run()).toMatchObject({
      status: "success",
    });
  });
});
