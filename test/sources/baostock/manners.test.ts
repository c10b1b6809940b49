import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { addDays, type Day, isWeekend } from "@/lib/contract/day";
import { createBaostockSource } from "@/server/sources/baostock";
import { createPreparation } from "@/server/sync/range/prepare";
import { aFetch } from "../../support/builders";
import { type BaostockFault, type FakeBaostock, startFakeBaostock, TOO_MANY_LOGINS } from "../../support/fake-baostock";
import { createFakeLog } from "../../support/fakes";
import { memoryStageStore } from "../../sync/memory-stage-store";
import { jumpingClock, NEVER_CLOSED, unwatched } from "../harness";

const HISTORY = "query_history_k_data_plus";
/** Three walks: 250 sessions, 250, and the rest. */
const DAYS: Day[] = Array.from({ length: 3 * 350 }, (_, index) => addDays("2021-01-04", index)).filter((day) => !isWeekend(day));

let fake: FakeBaostock;
beforeEach(async () => {
  fake = await startFakeBaostock({ stocks: 4 });
});
afterEach(() => fake.close());

/** A whole task of three walks on a clock that jumps: every day asks for its walk and then fails or comes. */
async function runTask() {
  const clock = jumpingClock();
  const { host, port } = fake;
  const source = createBaostockSource({ host, port, clock, calendar: NEVER_CLOSED, answerTimeoutMs: 60 });
  onTestFinished(() => source.close?.());
  const nobody = { walkBegun: () => {}, collected: () => {}, walkEnded: () => {}, waiting: () => {} };
  const preparation = createPreparation({
    clock,
    log: createFakeLog(),
    source,
    plan: DAYS.map((day) => aFetch(day)),
    taskId: "t",
    store: memoryStageStore(new Map(), "t", () => {}),
    notDue: () => false,
    signal: unwatched.signal,
    stopping: unwatched.signal,
    watch: nobody,
  });
  let failed = 0;
  for (const day of DAYS) {
    await preparation.before(day);
    await preparation.source.fetchDay(day, unwatched).catch(() => {
      failed += 1;
    });
    await preparation.done(day);
  }
  return { failed, minutes: clock.monotonic() / 60_000 };
}

describe("a task of 750 days in three walks that all fail", () => {
  test.each<[string, (method: string) => BaostockFault | undefined, number]>([
    ["because every line is cut at every request", () => ({ drop: 0 }), 16],
    ["because the line is cut behind every login", (method) => (method === "login" ? undefined : { drop: 10 }), 16],
    ["in silence", () => ({ stall: 0 }), 8],
    ["because others log in too often", (method) => (method === "login" ? TOO_MANY_LOGINS : undefined), 8],
  ])("%s opens few lines, six in a minute at most", async (_what, faultOf, mostLines) => {
    fake.faultOf = ({ method }) => faultOf(method);
    const { failed, minutes } = await runTask();
    expect(failed).toBe(DAYS.length);
    expect(fake.lines.total).toBeGreaterThanOrEqual(5);
    expect(fake.lines.total).toBeLessThanOrEqual(mostLines);
    expect(fake.lines.most).toBeLessThanOrEqual(1);
    // The walks behind the first one came after a rest.
    expect(minutes).toBeGreaterThan(3);
  });
});

test("a server that forgets the login at every question sees six logins a minute at most", async () => {
  fake.faultOf = ({ method, number }) => (method === HISTORY && number % 2 === 1 ? "not_logged_in" : undefined);
  const clock = jumpingClock();
  const { host, port } = fake;
  const source = createBaostockSource({ host, port, clock, calendar: NEVER_CLOSED });
  onTestFinished(() => source.close?.());
  expect(await source.fetchDay("2024-01-02", unwatched)).toMatchObject({ kind: "rows" });
  expect(await source.fetchDay("2024-01-03", unwatched)).toMatchObject({ kind: "rows" });
  expect(fake.asked("login")).toBe(9);
  expect(clock.monotonic()).toBeGreaterThan(60_000);
});
