import { expect, test } from "vitest";
import { eachDay } from "@/lib/contract/day";
import { makeVerifyPlan } from "@/server/sync/plan/verify-plan";
import { aCalendar, aContext, aLedger, aLedgerDay } from "../support/builders";

const planOf = (context: Parameters<typeof makeVerifyPlan>[1]) =>
  makeVerifyPlan(eachDay("2024-02-28", "2024-03-02"), context).map(({ action, reason }) => `${action} ${reason}`);

test("a verify fetches the days that the table holds, suspect ones too, and skips closed and missing ones with the reason", () => {
  const ledger = aLedger(aLedgerDay("2024-02-28"), aLedgerDay("2024-02-29", { state: "suspect" }));
  expect(planOf(aContext({ ledger }))).toEqual(["fetch loaded", "fetch loaded", "skip not_loaded", "skip weekend"]);
  expect(planOf(aContext({ ledger, calendar: aCalendar(["2024-02-28"]) }))[0]).toBe("skip holiday");
});

test("a failed day and sample rows under a real source are nothing to compare with", () => {
  const ledger = aLedger(aLedgerDay("2024-02-28", { state: "failed" }), aLedgerDay("2024-02-29", { source: "sample" }));
  expect(planOf(aContext({ ledger })).slice(0, 2)).toEqual(["skip not_loaded", "skip not_loaded"]);
  expect(planOf(aContext({ ledger, source: "sample" }))[1]).toBe("fetch loaded");
});
