import { describe, expect, test } from "vitest";
import { DatabaseAwayError, DayFailure, LeaseLostError } from "@/server/sync/errors";
import { aLedger, aLedgerDay, someRows, weekdays } from "../../support/builders";
import { aGate, createFakeSource, fakeEncode, rowsAnswer, untilAborted } from "../../support/fakes";
import { DAY, onBench, TIMEOUT_MS } from "../sync-day-bench";

const delivering = (rows: number) => createFakeSource((day) => rowsAnswer(day, rows));
const week = weekdays("2024-02-26", "2024-03-01", 100);
const checksumOf = (rows: number) => fakeEncode(someRows(DAY, rows)).checksum;
const refused = () => new DayFailure("database_error", { detail: "deadlock detected" });

describe("a day that is stored", () => {
  test("is a success with all its rows, and counts as a neighbour from then on", async () => {
    const bench = onBench({ source: delivering(100) });
    expect(await bench.run()).toMatchObject({
      status: "success",
      reason: null,
      rows: 100,
      suspect: false,
      attempts: 1,
      source: "files",
    });
    expect(bench.stored).toMatchObject([{ state: "complete", confirmed: false, encoded: { rows: 100 } }]);
    expect(bench.options.ledger.get(DAY)).toMatchObject({ state: "complete", rows: 100, source: "files" });
    expect(bench.options.loadedDays).toEqual([DAY]);
  });
  test("tells how many rows were rejected, and warns", async () => {
    const rows = [...someRows(DAY, 100), { ...someRows(DAY, 101)[100]!, close_price: null }];
    const bench = onBench({ source: createFakeSource(() => ({ kind: "rows", rows })) });
    expect(await bench.run()).toMatchObject({ status: "success", rows: 100, rejected: 1, warnings: [{ code: "rejected_rows" }] });
  });
  test("took the time of its fetch and of its store", async () => {
    const source = createFakeSource(async (day) => {
      await bench.clock.sleep(300);
      return rowsAnswer(day);
    });
    const bench = onBench({ source, storing: () => bench.clock.sleep(200) });
    expect(await bench.run()).toMatchObject({ duration_ms: 500 });
    expect(bench.stored).toMatchObject([{ outcome: { duration_ms: 500 } }]);
  });
});

describe("a day with too few rows", () => {
  test("is stored as suspect, and says how many were expected", async () => {
    const bench = onBench({ source: delivering(96), ledger: aLedger(...week) });
    expect(await bench.run()).toMatchObject({
      status: "success",
      reason: "few_rows",
      suspect: true,
      warnings: [{ code: "few_rows", params: { rows: 96, expected: 100, percent: 4 } }],
    });
    expect(bench.stored).toMatchObject([{ state: "suspect" }]);
  });
  test("is held back when a third is missing: nothing is stored", async () => {
    const bench = onBench({ source: delivering(69), ledger: aLedger(...week) });
    expect(await bench.run()).toMatchObject({
      status: "failed",
      reason: "incomplete",
      error: { params: { rows: 69, reference: "neighbours", expected: 100, percent: 31 } },
    });
    expect(bench.stored).toEqual([]);
  });
  test("is held back when it would replace many more rows, which stay", async () => {
    const held = aLedgerDay(DAY, { rows: 1_000 });
    const bench = onBench({ source: delivering(100), ledger: aLedger(held) });
    expect(await bench.run()).toMatchObject({
      reason: "incomplete",
      error: { params: { reference: "replaced", expected: 1_000 } },
    });
    expect(bench.options.ledger.get(DAY)).toEqual(held);
  });
  test("is stored as suspect when that was accepted beforehand", async () => {
    const bench = onBench({ source: delivering(50), ledger: aLedger(...week), over: { acceptIncomplete: true } });
    expect(await bench.run()).toMatchObject({ status: "success", suspect: true, rows: 50 });
  });
  test("is not measured by sample rows it replaces under a real source", async () => {
    const bench = onBench({ source: delivering(100), ledger: aLedger(aLedgerDay(DAY, { rows: 5_400, source: "sample" })) });
    expect(await bench.run()).toMatchObject({ status: "success", suspect: false });
  });
});

describe("a suspect day fetched again", () => {
  const suspect = (rows: number) => aLedger(...week, aLedgerDay(DAY, { state: "suspect", rows, checksum: checksumOf(rows) }));

  test("with the same rows is confirmed, and complete", async () => {
    const bench = onBench({ source: delivering(90), ledger: suspect(90) });
    expect(await bench.run()).toMatchObject({ status: "success", reason: null, suspect: false, warnings: [] });
    expect(bench.stored).toMatchObject([{ state: "complete", confirmed: true }]);
  });
  test("with the same rows is confirmed however few they are", async () => {
    expect(await onBench({ source: delivering(40), ledger: suspect(40) }).run()).toMatchObject({
      status: "success",
      suspect: false,
    });
  });
  test("stays confirmed when it is forced once more", async () => {
    const ledger = aLedger(...week, aLedgerDay(DAY, { rows: 90, checksum: checksumOf(90), confirmed: true }));
    const bench = onBench({ source: delivering(90), ledger });
    await bench.run();
    expect(bench.stored).toMatchObject([{ state: "complete", confirmed: true }]);
  });
  test("with other rows is suspect again", async () => {
    expect(await onBench({ source: delivering(91), ledger: suspect(90) }).run()).toMatchObject({ suspect: true });
  });
  test("with the same rows from another source is not confirmed", async () => {
    const ledger = aLedger(...week, aLedgerDay(DAY, { state: "suspect", rows: 90, checksum: checksumOf(90), source: "adopted" }));
    expect(await onBench({ source: delivering(90), ledger }).run()).toMatchObject({ suspect: true });
  });
  test("with all its rows is complete, and not by confirmation", async () => {
    const bench = onBench({ source: delivering(100), ledger: suspect(90) });
    await bench.run();
    expect(bench.stored).toMatchObject([{ state: "complete", confirmed: false }]);
  });
});

describe("a database that refuses the day", () => {
  test("is asked three times, then the day fails with its words", async () => {
    let stores = 0;
    const bench = onBench({
      storing: () => {
        stores += 1;
        throw refused();
      },
    });
    expect(await bench.run()).toMatchObject({
      status: "failed",
      reason: "database_error",
      attempts: 3,
      error: { params: { detail: "deadlock detected" } },
    });
    expect(stores).toBe(3);
  });
  test("once costs an attempt, no more", async () => {
    const bench = onBench({
      storing: (attempt) => {
        if (attempt === 1) throw refused();
      },
    });
    expect(await bench.run()).toMatchObject({ status: "success", attempts: 2 });
    expect(bench.stored[0]?.outcome.attempts).toBe(2);
  });
  test("in a way nobody foresaw is a fault of the database, not of the source", async () => {
    const bench = onBench({ storing: () => Promise.reject(new Error("cannot read x")) });
    expect(await bench.run()).toMatchObject({ reason: "database_error", error: { params: { detail: "cannot read x" } } });
  });
  test("to record an outcome is asked again: a failed day never stops the task", async () => {
    const bench = onBench({
      source: createFakeSource(() => ({ kind: "nothing" })),
      recording: (attempt) => {
        if (attempt < 3) throw refused();
      },
    });
    expect(await bench.run()).toMatchObject({ reason: "source_empty" });
    expect(bench.recorded).toHaveLength(1);
  });
});

describe("a database that is away", () => {
  test("is no verdict: the day is stored when it answers, and no attempt is counted", async () => {
    const bench = onBench({
      storing: (attempt) => {
        if (attempt <= 30) throw new DatabaseAwayError("gone");
      },
    });
    expect(await bench.run()).toMatchObject({ status: "success", attempts: 1 });
    expect(bench.clock.monotonic()).toBe(30_000);
  });
  test("does not lose the outcome of a failed day", async () => {
    const bench = onBench({
      source: createFakeSource(() => ({ kind: "nothing" })),
      recording: (attempt) => {
        if (attempt <= 30) throw new DatabaseAwayError("gone");
      },
    });
    expect(await bench.run()).toMatchObject({ reason: "source_empty" });
    expect(bench.recorded).toHaveLength(1);
  });
  test("is not waited for after the stop", async () => {
    const bench = onBench({ storing: () => Promise.reject(new DatabaseAwayError("gone")) });
    const ready = await bench.clock.drive(bench.fetchDay());
    const stored = bench.store(ready, bench.stop.signal);
    await bench.clock.advance(2_500);
    bench.stop.abort(new LeaseLostError("over"));
    await expect(stored).rejects.toThrow("lease lost");
    expect(bench.recorded).toEqual([]);
  });
});

describe("a store that does not end", () => {
  test("fails the day when its time is up", async () => {
    const bench = onBench({ storing: (_, signal) => untilAborted(signal) });
    expect(await bench.run()).toMatchObject({ reason: "timeout", duration_ms: TIMEOUT_MS });
  });
  test("has what the fetch left of the day's time", async () => {
    const source = createFakeSource(async (day) => {
      await bench.clock.sleep(TIMEOUT_MS * 0.9);
      return rowsAnswer(day);
    });
    const bench = onBench({ source, storing: (_, signal) => untilAborted(signal) });
    expect(await bench.run()).toMatchObject({ reason: "timeout", duration_ms: TIMEOUT_MS });
  });
  test("but turns out to be committed when its time is up is a success: never guessed", async () => {
    const committed = aGate();
    const bench = onBench({
      storing: async (_, signal) => {
        await untilAborted(signal).catch(() => {});
        await committed.promise;
      },
    });
    const outcome = bench.fetchDay().then((ready) => bench.store(ready, bench.stop.signal));
    await bench.clock.advance(TIMEOUT_MS);
    expect(bench.recorded).toEqual([]);
    committed.open();
    expect(await outcome).toMatchObject({ status: "success", rows: 100 });
    expect(bench.recorded).toEqual([]);
  });
  test("is left without a verdict when the lease is lost", async () => {
    const bench = onBench({ storing: () => Promise.reject(new LeaseLostError("epoch 1 is over")) });
    await expect(bench.run()).rejects.toThrow(LeaseLostError);
    expect(bench.recorded).toEqual([]);
    expect(bench.options.ledger.size).toBe(0);
  });
});
