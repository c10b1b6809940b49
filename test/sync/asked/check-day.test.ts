import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { checkOf, recountDay } from "@/server/sync/asked/check-day";
import type { LedgerDay } from "@/server/sync/plan/ledger";
import type { MomentSession } from "@/server/sync/lease-ports";
import { aContext, aLedger, aLedgerDay, weekdays } from "../../support/builders";

const DAY: Day = "2024-03-04";
const ADOPTED = { source: "adopted", warnings: [{ code: "adopted", params: {} }] };

/** Recounts DAY in a table that holds `rows` of it, while the ledger says `held`. */
async function recounted(rows: number, held: Partial<LedgerDay> | null, others: LedgerDay[] = []) {
  const corrections: Parameters<MomentSession["correct"]>[1][] = [];
  const ledger = aLedger(...others, ...(held ? [aLedgerDay(DAY, held)] : []));
  const session: MomentSession = {
    ledger: async () => new Map(ledger),
    countRows: async () => rows,
    correct: async (_day, found) => void corrections.push(found),
    adopt: () => Promise.reject(new Error("a check adopts nothing but its day")),
  };
  return { check: await recountDay(DAY, session, aContext()), corrections };
}

describe("a recount", () => {
  test("that agrees with the ledger changes nothing", async () => {
    expect(await recounted(1_000, {})).toEqual({ check: { need_sync: false, reason: "complete" }, corrections: [] });
    expect(await recounted(0, null)).toEqual({ check: { need_sync: true, reason: "missing" }, corrections: [] });
  });
  test("finds rows that were deleted behind our back", async () => {
    const { check, corrections } = await recounted(0, {});
    expect(check).toEqual({ need_sync: true, reason: "missing" });
    expect(corrections).toMatchObject([{ rows: 0 }]);
  });
  test("adopts rows that came from elsewhere", async () => {
    const { check, corrections } = await recounted(1_000, null);
    expect(check).toEqual({ need_sync: false, reason: "complete" });
    expect(corrections).toEqual([{ rows: 1_000, state: "complete", ...ADOPTED }]);
  });
  test("finds rows where a sync had failed", async () => {
    const { check, corrections } = await recounted(1_000, { state: "failed", rows: 0 });
    expect(check.need_sync).toBe(false);
    expect(corrections).toEqual([{ rows: 1_000, state: "complete", ...ADOPTED }]);
  });
  test("leaves a failed day without rows failed", async () => {
    expect(await recounted(0, { state: "failed", rows: 0 })).toEqual({
      check: { need_sync: true, reason: "failed" },
      corrections: [],
    });
  });
  test("judges what is left by the neighbours, not by the day's old self", async () => {
    const { check, corrections } = await recounted(600, {}, weekdays("2024-02-26", "2024-03-01"));
    expect(check).toEqual({ need_sync: true, reason: "suspect" });
    expect(corrections).toEqual([{ rows: 600, state: "suspect", source: "files", warnings: null }]);
  });
});

describe("a check without counting", () => {
  test("today before the publish hour needs no sync", () => {
    expect(checkOf("2024-03-05", aContext({ todayNotDue: true }))).toEqual({ need_sync: false, reason: "not_published" });
  });
  test("a weekend needs no sync", () =>
    expect(checkOf("2024-03-02", aContext())).toEqual({ need_sync: false, reason: "no_trading" }));
  test("sample rows under a real source need one", () => {
    const ledger = aLedger(aLedgerDay(DAY, { source: "sample" }));
    expect(checkOf(DAY, aContext({ ledger }))).toEqual({ need_sync: true, reason: "missing" });
  });
});
