import { describe, expect, test } from "vitest";
import { dayRecord, dayRecords, lastDays } from "@/server/sync/asked/day-records";
import type { LedgerEntry, DaysUnderWay } from "@/server/sync/asked/reads";
import { aContext, aLedger, aLedgerDay } from "../../support/builders";
import { NOON_MS } from "../../support/clock";

const idle: DaysUnderWay = { running: null, queued: new Set() };

function anEntry(over: Partial<LedgerEntry> = {}): LedgerEntry {
  const times = { started_ms: NOON_MS, finished_ms: NOON_MS + 2_600 };
  return { ...aLedgerDay("2024-03-04"), rejected: 3, ...times, last_error: null, warnings: [], ...over };
}

function recordOf(entry: LedgerEntry, open: DaysUnderWay = idle) {
  return dayRecord(entry.date, entry, aContext({ ledger: aLedger(entry) }), open);
}

describe("a day record of the original", () => {
  test("counts stored rows as successes and rejected ones as failures", () => {
    expect(recordOf(anEntry())).toEqual({
      sync_date: "2024-03-04",
      status: "success",
      total_records: 1_003,
      success_count: 1_000,
      failed_count: 3,
      start_time: "2024-03-05T12:00:00+08:00",
      end_time: "2024-03-05T12:00:02+08:00",
      duration_seconds: 3,
      error: null,
      warnings: [],
    });
  });
  test("a suspect day is a success", () => expect(recordOf(anEntry({ state: "suspect" }))?.status).toBe("success"));
  test("a failed day says why", () => {
    const error = { code: "source_empty", params: {} } as const;
    expect(recordOf(anEntry({ state: "failed", rows: 0, rejected: 0, last_error: error }))).toMatchObject({
      status: "failed",
      total_records: 0,
      error,
    });
  });
  test("a day nobody asked for is pending", () => {
    expect(dayRecord("2024-03-04", undefined, aContext(), idle)).toMatchObject({
      status: "pending",
      total_records: 0,
      start_time: null,
    });
  });
  test("sample rows under a real source are not shown as records", () => {
    expect(recordOf(anEntry({ source: "sample" }))).toMatchObject({ status: "pending", success_count: 0, start_time: null });
  });
  test("the running task comes first: the day in work is syncing, its other days are pending", () => {
    const queued = new Set(["2024-03-04"] as const);
    expect(recordOf(anEntry(), { running: "2024-03-04", queued })?.status).toBe("syncing");
    expect(recordOf(anEntry(), { running: null, queued })?.status).toBe("pending");
  });
  test("a closed day has none, unless it holds rows", () => {
    expect(dayRecord("2024-03-02", undefined, aContext(), idle)).toBeNull();
    expect(recordOf(anEntry({ date: "2024-03-02" }))?.status).toBe("success");
  });
});

test("records of a range come newest first, without the weekend", () => {
  const dates = dayRecords("2024-03-01", "2024-03-05", [anEntry()], aContext({ ledger: aLedger(anEntry()) }), idle).map(
    (record) => record.sync_date,
  );
  expect(dates).toEqual(["2024-03-05", "2024-03-04", "2024-03-01"]);
});

test("the last days include today", () => {
  expect(lastDays("2024-03-01", 1)).toEqual({ from: "2024-03-01", to: "2024-03-01" });
  expect(lastDays("2024-03-01", 30)).toEqual({ from: "2024-02-01", to: "2024-03-01" });
});
