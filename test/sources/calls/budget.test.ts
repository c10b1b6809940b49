import { expect, test } from "vitest";
import { createBudget } from "@/server/sources/calls/budget";
import { SourceError } from "@/server/sync/errors";
import { createFakeClock, NOON_MS } from "../../support/clock";
import { unwatched } from "../harness";

const { signal } = unwatched;
const ZONE = "Asia/Shanghai";
const rate = (waitMs?: number) =>
  new SourceError("rate", { kind: "rate", detail: "200 a minute" }, waitMs === undefined ? {} : { waitMs });

function aBudget() {
  const clock = createFakeClock(NOON_MS);
  return { clock, budget: createBudget({ clock, zone: ZONE }) };
}

test("without a refusal there is no limit", async () => {
  const { clock, budget } = aBudget();
  for (let call = 0; call < 3_000; call += 1) await budget.take(signal);
  expect(clock.sleeping()).toBe(0);
});

test("what a provider allows a minute is kept: the next call is refused here, with its words and the time", async () => {
  const { clock, budget } = aBudget();
  await budget.take(signal);
  await clock.advance(10_000);
  await budget.take(signal);
  budget.refused(rate(), { perMinute: 2 });
  await expect(budget.take(signal)).rejects.toMatchObject({
    refusal: "rate",
    waitMs: 50_000,
    params: { kind: "rate", detail: "200 a minute" },
  });
  await clock.advance(50_000);
  await budget.take(signal);
  await expect(budget.take(signal)).rejects.toMatchObject({ waitMs: 10_000 });
});

test("a wait of a few seconds is waited for without a word", async () => {
  const { clock, budget } = aBudget();
  budget.refused(rate(2_500));
  const taken = budget.take(signal);
  await clock.advance(2_400);
  expect(clock.sleeping()).toBe(1);
  await clock.advance(100);
  await taken;
});

test("a wait ends at once with the reason of an abort", async () => {
  const { clock, budget } = aBudget();
  budget.refused(rate(2_500));
  const abort = new AbortController();
  const taken = budget.take(abort.signal);
  const reason = new Error("cancelled");
  abort.abort(reason);
  await expect(taken).rejects.toBe(reason);
  expect(clock.sleeping()).toBe(0);
});

test("what a provider allows a day lasts until midnight in its zone", async () => {
  const { clock, budget } = aBudget();
  const quota = new SourceError("quota", { kind: "quota", detail: "2 a day" });
  budget.refused(quota, { perDay: 2 });
  await budget.take(signal);
  await budget.take(signal);
  const twelveHoursMs = 12 * 3_600_000;
  await expect(budget.take(signal)).rejects.toMatchObject({ refusal: "quota", waitMs: twelveHoursMs });
  await clock.advance(twelveHoursMs);
  await budget.take(signal);
});

test("what is left of a day's allowance is known once a refusal told of it, and is whole again after midnight", async () => {
  const { clock, budget } = aBudget();
  expect(budget.left()).toEqual({ left: null, resetsAtMs: null });
  budget.refused(rate(60_000), { perMinute: 2 });
  expect(budget.left()).toEqual({ left: null, resetsAtMs: null });
  await clock.advance(60_000);
  await budget.take(signal);
  const midnightMs = NOON_MS + 12 * 3_600_000;
  const quota = new SourceError("quota", { kind: "quota", detail: "5 a day" }, { waitMs: midnightMs - clock.now() });
  budget.refused(quota, { perDay: 5 });
  expect(budget.left()).toEqual({ left: 0, resetsAtMs: midnightMs });
  await clock.advance(midnightMs - clock.now());
  await budget.take(signal);
  expect(budget.left()).toEqual({ left: 4, resetsAtMs: midnightMs + 24 * 3_600_000 });
});

test("a used up allowance is forgotten when a person insists, until the provider says so again; a rate stands", async () => {
  const { budget } = aBudget();
  const quota = new SourceError("quota", { kind: "quota", detail: "2 a day" }, { waitMs: 3_600_000 });
  await budget.take(signal);
  await budget.take(signal);
  budget.refused(quota, { perDay: 2 });
  await expect(budget.take(signal)).rejects.toMatchObject({ refusal: "quota" });
  budget.reopen();
  await budget.take(signal);
  budget.refused(quota);
  await expect(budget.take(signal)).rejects.toMatchObject({ refusal: "quota" });
  budget.reopen();
  budget.refused(rate(60_000));
  budget.reopen();
  await expect(budget.take(signal)).rejects.toMatchObject({ refusal: "rate" });
});

test("a rate that lasts longer than any task waits is forgotten when a person insists", async () => {
  const { budget } = aBudget();
  budget.refused(rate(3_600_000));
  await expect(budget.take(signal)).rejects.toMatchObject({ refusal: "rate" });
  budget.reopen();
  await budget.take(signal);
});
