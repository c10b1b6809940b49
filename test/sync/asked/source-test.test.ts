import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { BadRowsError, SourceError, type SystemPause } from "@/server/sync/errors";
import type { Source } from "@/server/sync/source-ports";
import { createSourceTest, type TestResult } from "@/server/sync/asked/source-test";
import { aCalendar, someRows } from "../../support/builders";
import { createFakeClock } from "../../support/clock";
import { aGate, createFakeLog, createFakeSource, rowsAnswer, untilAborted } from "../../support/fakes";
import { createMemoryDatabase } from "../memory-database";

const DAY: Day = "2024-03-04";
const nobodyLeaves = new AbortController().signal;

function testing(source: Source = createFakeSource()) {
  const clock = createFakeClock();
  const database = createMemoryDatabase(clock);
  let released = 0;
  const keep = async (pause: SystemPause) => database.closedSources.keep(source, pause);
  const tester = (holder = "here", keepClosed = keep) =>
    createSourceTest({
      clock,
      log: createFakeLog(),
      calendar: aCalendar(),
      source,
      lease: database.leaseStoreOf(holder),
      reader: database.reader,
      keepClosed,
      leaseTtlMs: 15_000,
      onReleased: () => (released += 1),
    });
  return { clock, database, tester, ...tester(), released: () => released };
}

/** The test itself; fails where it was refused for being busy. */
function tested(result: TestResult) {
  if (result.kind !== "tested") throw new Error(`expected a test, got ${result.kind}`);
  return result.test;
}

const refusing = (error: Error) =>
  createFakeSource(() => {
    throw error;
  });

describe("a source that gives nothing before a time it told", () => {
  const banned = new SourceError("quota", { kind: "banned", detail: "in its own words" }, { waitMs: 20 * 3_600_000 });

  test("is not called by a test, which says what was heard and until when it is left alone", async () => {
    const source = createFakeSource();
    const { test: run, database, clock } = testing(source);
    database.closedSources.keep(source, { reason: "rate_limited", detail: "slow down", resumeMs: clock.now() + 600_000 });
    expect(tested(await run(DAY, nobodyLeaves))).toMatchObject({
      outcome: "refused",
      error: { code: "source_error", params: { kind: "rate", detail: "slow down" } },
      advice: { code: "closed_until", params: { at: "2024-03-05 12:10" } },
    });
    expect(source.asked).toEqual([]);
    expect(database.lease.holder).toBeNull();
    await clock.advance(600_000);
    expect(tested(await run(DAY, nobodyLeaves))).toMatchObject({ outcome: "rows" });
  });
  test("tells it to a test once; the next one, here or elsewhere, and the next task do not ask again", async () => {
    const source = refusing(banned);
    const { test: run, tester, database, clock } = testing(source);
    expect(tested(await run(DAY, nobodyLeaves))).toMatchObject({ outcome: "refused", advice: { code: "banned" } });
    const again = tested(await tester("there").test(DAY, nobodyLeaves));
    expect(again).toMatchObject({
      error: { params: { kind: "banned", detail: "in its own words" } },
      advice: { code: "closed_until", params: { at: "2024-03-06 08:00" } },
    });
    expect(source.asked).toHaveLength(1);
    expect(database.closedSources.read(source)).toMatchObject({ reason: "banned", resumeMs: clock.now() + 20 * 3_600_000 });
  });
  test("is asked to forget what it remembers by itself only where nothing stands against it any more", async () => {
    let forgot = 0;
    const source = { ...createFakeSource(), reopen: () => void (forgot += 1) };
    const { test: run, database, clock } = testing(source);
    database.closedSources.keep(source, { reason: "quota", detail: null, resumeMs: clock.now() + 600_000 });
    await run(DAY, nobodyLeaves);
    expect(forgot).toBe(0);
    database.closedSources.forget(source.name);
    expect(tested(await run(DAY, nobodyLeaves))).toMatchObject({ outcome: "rows" });
    expect(forgot).toBe(1);
  });
  test("is answered for though the memory of it could not be written", async () => {
    const { tester } = testing(refusing(banned));
    const run = tester("here", () => Promise.reject(new Error("away"))).test;
    expect(tested(await run(DAY, nobodyLeaves))).toMatchObject({ outcome: "refused", advice: { code: "banned" } });
  });
});

describe("a test of the source", () => {
  test("brings the number of rows, five of them and the warnings, and stores nothing", async () => {
    const odd = someRows(DAY, 99).map((row, at) => (at === 0 ? { ...row, open_price: null } : row));
    const { test: run, database, released } = testing(createFakeSource(() => ({ kind: "rows", rows: odd })));
    const result = tested(await run(DAY, nobodyLeaves));
    expect(result).toMatchObject({
      source: "files",
      day: DAY,
      outcome: "rows",
      rows: 99,
      rejected: 0,
      error: null,
      advice: null,
    });
    expect(result.sample).toHaveLength(5);
    expect(result.warnings.map(({ code }) => code)).toContain("empty_prices");
    expect([database.writes, database.tasks.size]).toEqual([[], 0]);
    expect([database.lease.holder, released()]).toEqual([null, 1]);
  });

  test("asks for a few symbols where a whole day is dear, and lets the line go before the lease", async () => {
    const order: string[] = [];
    const source: Source = {
      ...createFakeSource(() => Promise.reject(new Error("a whole day was asked for"))),
      probe: async (day) => rowsAnswer(day, 5),
      close: async () => void order.push(`closed, held by ${database.lease.holder}`),
    };
    const { test: run, database } = testing(source);
    expect(tested(await run(DAY, nobodyLeaves))).toMatchObject({ rows: 5, probed: true });
    expect(order).toEqual(["closed, held by here"]);
  });

  test.each<[string, Error, object]>([
    [
      "a wrong token",
      new SourceError("auth", { kind: "auth", variable: "TOKEN" }),
      { code: "credentials", params: { variable: "TOKEN" } },
    ],
    ["a plan without the right", new SourceError("plan", { kind: "plan" }), { code: "plan" }],
    ["a rate", new SourceError("rate", { kind: "rate" }, { waitMs: 61_000 }), { code: "wait", params: { minutes: 2 } }],
    ["a used up allowance", new SourceError("quota", { kind: "quota" }), { code: "wait", params: { minutes: 0 } }],
    ["a ban", new SourceError("quota", { kind: "banned" }), { code: "banned" }],
    ["a day that is late", new SourceError("later", { kind: "later" }), { code: "not_yet" }],
    ["a gateway that is down", new SourceError("later", { kind: "http_status", status: 502 }), { code: "provider" }],
    [
      "a configuration that fits no day",
      new SourceError("plan", { kind: "misconfigured", variable: "X" }),
      { code: "configuration", params: { variable: "X" } },
    ],
    ["another program on its line", new SourceError("later", { kind: "too_many_logins" }), { code: "one_program" }],
    ["an account that is built in", new SourceError("auth", { kind: "public_account" }), { code: "newer_version" }],
    ["a right that nobody can buy", new SourceError("plan", { kind: "public_right" }), { code: "other_source" }],
    ["a protocol that is too old", new SourceError("plan", { kind: "old_protocol" }), { code: "newer_version" }],
    ["a role without the right", new SourceError("plan", { kind: "table_right" }), { code: "grant" }],
    ["a question that takes too long", new SourceError("broken", { kind: "slow_query" }), { code: "index" }],
    ["a line that breaks", new SourceError("broken", { kind: "unreachable" }), { code: "network" }],
    ["a truncated file", new SourceError("broken", { kind: "truncated" }), { code: "file" }],
    [
      "a missing column in the configuration",
      new SourceError("broken", { kind: "misconfigured", variable: "X" }),
      { code: "configuration" },
    ],
    ["rows that break a rule", new BadRowsError({ rule: "duplicate", code: "A" }), { code: "rows" }],
  ])("that meets %s says what to do, after one call", async (_what, error, advice) => {
    const source = refusing(error);
    const { test: run, database } = testing(source);
    const result = tested(await run(DAY, nobodyLeaves));
    expect(result).toMatchObject({ outcome: "refused", rows: null, sample: [], advice });
    expect(result.error).not.toBeNull();
    expect(source).toMatchObject({ asked: [DAY] });
    expect(database.lease.holder).toBeNull();
  });

  test("of a day whose rows are all unusable keeps the first of them with their reasons", async () => {
    const rows = someRows(DAY, 10).map((row) => ({ ...row, close_price: "n/a" }));
    const { test: run } = testing(createFakeSource(() => ({ kind: "rows", rows })));
    const result = tested(await run(DAY, nobodyLeaves));
    expect(result).toMatchObject({ outcome: "refused", rejected: 10, error: { code: "bad_rows" } });
    expect(result.rejected_sample[0]).toMatchObject({ row: 1, field: "close_price", problem: "not_a_number" });
  });

  test("of a closed day asks nobody; of one that is not due says so; of one that should have rows says that they lack", async () => {
    const source = createFakeSource(() => ({ kind: "nothing" }));
    const { test: run } = testing(source);
    expect(tested(await run("2024-03-02", nobodyLeaves))).toMatchObject({ outcome: "closed", closed: "weekend" });
    expect(source.asked).toEqual([]);
    expect(tested(await run("2024-03-05", nobodyLeaves))).toMatchObject({ outcome: "nothing", advice: { code: "not_yet" } });
    expect(tested(await run(DAY, nobodyLeaves))).toMatchObject({
      outcome: "refused",
      error: { code: "source_empty" },
      advice: { code: "other_day" },
    });
    const closed = testing(createFakeSource(() => ({ kind: "closed" })));
    expect(tested(await closed.test(DAY, nobodyLeaves))).toMatchObject({ outcome: "closed", closed: null });
  });

  test("that gets no answer ends after a minute, and the call is gone before the lease", async () => {
    let heldAtTheEnd: string | null = null;
    const endsLate = async (signal: AbortSignal) => {
      try {
        return await untilAborted(signal);
      } finally {
        await clock.sleep(500);
        heldAtTheEnd = database.lease.holder;
      }
    };
    const silent = createFakeSource((_day, { signal }) => endsLate(signal));
    const { test: run, clock, database } = testing(silent);
    const result = tested(await clock.drive(run(DAY, nobodyLeaves)));
    expect(result).toMatchObject({ error: { code: "timeout", params: { seconds: 60 } }, advice: { code: "slow" } });
    expect([heldAtTheEnd, database.lease.holder, clock.sleeping()]).toEqual(["here", null, 0]);
    // A lease lives for 15 s: it was renewed meanwhile, or another instance could have begun.
    expect(database.calls.filter((call) => call === "renew").length).toBeGreaterThanOrEqual(11);
  });
});

describe("while the source is tested", () => {
  test("no second test begins, here or elsewhere, and no task; afterwards both may", async () => {
    const gate = aGate();
    const source = createFakeSource(async (day) => {
      await gate.promise;
      return rowsAnswer(day);
    });
    const { test: run, tester, database, clock } = testing(source);
    const first = run(DAY, nobodyLeaves);
    await clock.advance(1);
    expect(await run(DAY, nobodyLeaves)).toEqual({ kind: "being_tested" });
    expect(await tester("elsewhere").test(DAY, nobodyLeaves)).toEqual({ kind: "being_tested" });
    expect(source.asked).toHaveLength(1);
    gate.open();
    expect(tested(await first).outcome).toBe("rows");
    expect(tested(await tester("elsewhere").test(DAY, nobodyLeaves)).outcome).toBe("rows");
    expect(database.lease.holder).toBeNull();
  });

  test("whoever leaves ends the call and gives the lease back", async () => {
    const { test: run, clock, database } = testing(createFakeSource((_day, { signal }) => untilAborted(signal)));
    const leaving = new AbortController();
    const result = run(DAY, leaving.signal);
    result.catch(() => {});
    await clock.advance(10);
    expect(database.lease.holder).toBe("here");
    leaving.abort(new Error("the client is gone"));
    await expect(result).rejects.toThrow("the client is gone");
    expect([database.lease.holder, clock.sleeping()]).toEqual([null, 0]);
  });

  test("a stop of the server ends it and lets no other begin", async () => {
    const { test: run, stop, clock, database } = testing(createFakeSource((_day, { signal }) => untilAborted(signal)));
    const result = run(DAY, nobodyLeaves);
    await clock.advance(10);
    await stop();
    expect(await result).toEqual({ kind: "stopping" });
    expect(await run(DAY, nobodyLeaves)).toEqual({ kind: "stopping" });
    expect(database.lease.holder).toBeNull();
  });

  test("a lease that is lost ends the call", async () => {
    const { test: run, clock, database } = testing(createFakeSource((_day, { signal }) => untilAborted(signal)));
    const result = run(DAY, nobodyLeaves);
    result.catch(() => {});
    await clock.advance(10);
    Object.assign(database.lease, { holder: "a thief", epoch: 99 });
    await expect(clock.drive(result)).rejects.toThrow("taken over");
    expect(database.lease).toMatchObject({ holder: "a thief", epoch: 99 });
  });
});
