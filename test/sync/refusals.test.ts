import { afterEach, describe, expect, test, vi } from "vitest";
import { createCircuit } from "@/server/sync/trying/circuit";
import { PauseError, SourceError, type SourceRefusal } from "@/server/sync/errors";
import { RATE_PATIENCE_MS } from "@/server/sync/trying/rate-waits";
import { aLedger, aRow, someRows, weekdays } from "../support/builders";
import { createFakeClock, NOON_MS } from "../support/clock";
import { createFakeSource, rowsAnswer } from "../support/fakes";
import { onBench, TIMEOUT_MS } from "./sync-day-bench";

afterEach(() => void vi.restoreAllMocks());

const refusal = (kind: SourceRefusal, waitMs?: number) =>
  new SourceError(kind, { kind, detail: "says the source" }, waitMs === undefined ? {} : { waitMs });

/** Refuses so many times, then has the day. */
const refusing = (times: number, error: () => Error) =>
  createFakeSource((day, _options, attempt) => {
    if (attempt <= times) throw error();
    return rowsAnswer(day);
  });

describe("a source that limits its rate", () => {
  test("is waited for as long as it says, which is told and costs no attempt", async () => {
    const bench = onBench({ source: refusing(4, () => refusal("rate", 40_000)) });
    expect(await bench.run()).toMatchObject({ status: "success", attempts: 1, duration_ms: 160_000 });
    const told = bench.waits.filter((wait) => wait !== null);
    expect(told).toEqual([1, 2, 3, 4].map((turn) => ({ code: "rate_limited", until_ms: NOON_MS + turn * 40_000 })));
    expect(bench.waits.at(-1)).toBeNull();
  });
  test("without a word is waited for 5 s, then twice as long, up to a minute", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const bench = onBench({ source: refusing(6, () => refusal("rate")) });
    await bench.run();
    const until = bench.waits.flatMap((wait) => (wait ? [(wait.until_ms - NOON_MS) / 1_000] : []));
    expect(until).toEqual([5, 15, 35, 75, 135, 195]);
  });
  test("leaves the three tries for what is really broken", async () => {
    const source = createFakeSource((_day, _options, attempt) => {
      throw refusal(attempt % 2 ? "rate" : "broken", 1_000);
    });
    expect(await onBench({ source }).run()).toMatchObject({ status: "failed", attempts: 3 });
    expect(source.asked).toHaveLength(6);
  });
  test("does not use up the time of the day with its waits, only with its answers", async () => {
    const answeringAfter = (ms: number) =>
      createFakeSource(async (day, _options, attempt) => {
        await bench.clock.sleep(ms);
        if (attempt <= 14) throw refusal("rate", 60_000);
        return rowsAnswer(day);
      });
    let bench = onBench();
    bench = onBench({ source: answeringAfter(1_000) });
    expect(await bench.run()).toMatchObject({ status: "success" });
    expect(bench.clock.monotonic()).toBe(14 * 60_000 + 15 * 1_000);
    bench = onBench({ source: answeringAfter(TIMEOUT_MS * 0.4) });
    expect(await bench.run()).toMatchObject({ reason: "timeout" });
    expect(bench.clock.monotonic()).toBe(TIMEOUT_MS + 2 * 60_000);
  });
  test("for longer than the patience of a day makes the task pause, and the day has no outcome", async () => {
    const bench = onBench({ source: refusing(1_000, () => refusal("rate", 60_000)) });
    const error = await bench.clock.drive(bench.fetchDay()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PauseError);
    expect(bench.clock.monotonic()).toBe(RATE_PATIENCE_MS);
    expect((error as PauseError).pause).toEqual({
      reason: "rate_limited",
      resumeMs: NOON_MS + RATE_PATIENCE_MS + 5 * 60_000,
      detail: "says the source",
    });
  });
  test("and tells of an hour is not waited for: the task pauses for that hour at once", async () => {
    const bench = onBench({ source: refusing(1, () => refusal("rate", 3_600_000)) });
    await expect(bench.clock.drive(bench.fetchDay())).rejects.toMatchObject({ pause: { resumeMs: NOON_MS + 3_600_000 } });
  });
  test.each(["stop", "pause"] as const)("is left at once when a %s comes", async (what) => {
    const bench = onBench({ source: refusing(1_000, () => refusal("rate", 60_000)) });
    const fetched = bench.fetchDay();
    await bench.clock.advance(1_000);
    bench[what].abort(new Error(`a ${what}`));
    await expect(fetched).rejects.toThrow(`a ${what}`);
    expect(bench.clock.monotonic()).toBe(1_000);
    expect(bench.clock.sleeping()).toBe(0);
  });
});

describe("a source that asks to come later", () => {
  test("is not asked twice for a day that is not due: it is not published", async () => {
    const source = refusing(1_000, () => refusal("later"));
    expect(await onBench({ source, over: { notDue: () => true } }).run()).toMatchObject({
      status: "skipped",
      reason: "not_published",
    });
    expect(source.asked).toHaveLength(1);
  });
  test("is asked three times for an older day, which then fails with its words", async () => {
    const source = refusing(1_000, () => refusal("later"));
    expect(await onBench({ source }).run()).toMatchObject({
      status: "failed",
      attempts: 3,
      error: { code: "source_error", params: { kind: "later", detail: "says the source" } },
    });
  });
  test("has today's rows late: asked three times, then not published, for whoever asks next", async () => {
    const source = refusing(1_000, () => refusal("later"));
    expect(await onBench({ source, over: { isToday: () => true } }).run()).toMatchObject({
      status: "skipped",
      reason: "not_published",
      attempts: 3,
    });
  });
  test("because its gateway is down says nothing of today's rows", async () => {
    const source = refusing(1_000, () => new SourceError("later", { kind: "http_status", status: 502, detail: "bad gateway" }));
    expect(await onBench({ source, over: { isToday: () => true } }).run()).toMatchObject({ status: "failed" });
  });
  test("is given the time it asks for between two tries, a minute at most", async () => {
    const asks = [20_000, 3_600_000];
    const bench = onBench({ source: refusing(2, () => refusal("later", asks.shift())) });
    await bench.run();
    expect(bench.clock.monotonic()).toBe(80_000);
  });
});

test("a try that is made again is told with its time", async () => {
  const bench = onBench({ source: refusing(1, () => refusal("broken")) });
  await bench.run();
  expect(bench.waits.map((wait) => wait?.code ?? null)).toEqual([null, "retrying", null]);
});

test.each(["auth", "plan"] as const)(
  "after a refusal for want of %s no other day is asked for: it fails for the same cause",
  async (kind) => {
    const source = refusing(1_000, () => refusal(kind));
    const clock = createFakeClock();
    const circuit = createCircuit({ clock, zone: "Asia/Shanghai", closed: null });
    const outcomes = [];
    for (let day = 0; day < 3; day += 1) outcomes.push(await onBench({ source, over: { circuit } }).run());
    expect(source.asked).toHaveLength(1);
    expect(outcomes.map(({ status, attempts, error }) => [status, attempts, error?.params])).toEqual(
      [1, 0, 0].map((attempts) => ["failed", attempts, { kind, detail: "says the source" }]),
    );
  },
);

describe("the allowance of a source", () => {
  const pauseAfter = async (at: string, error: SourceError) => {
    const clock = createFakeClock(Date.parse(at));
    const source = refusing(1_000, () => error);
    const bench = onBench({ source, over: { clock, circuit: createCircuit({ clock, zone: "Asia/Shanghai", closed: null }) } });
    const caught = await bench.fetchDay().catch((thrown: unknown) => thrown);
    if (!(caught instanceof PauseError)) throw new Error("no pause");
    expect(source.asked).toHaveLength(1);
    const { reason, resumeMs } = caught.pause;
    return [reason, new Date(resumeMs).toISOString()];
  };
  const quota = (params: object, waitMs?: number) =>
    new SourceError("quota", { kind: "quota", ...params }, waitMs === undefined ? {} : { waitMs });

  test.each([
    [
      "of a day is there again a minute after the exchange's midnight",
      "2024-03-05T04:00:00Z",
      quota({}),
      "quota",
      "2024-03-05T16:01:00.000Z",
    ],
    [
      "used up right after midnight is looked for half an hour later, not a day",
      "2024-03-05T16:01:05Z",
      quota({}),
      "quota",
      "2024-03-05T16:31:05.000Z",
    ],
    [
      "of an hour is there again a minute after the full hour",
      "2024-03-05T04:59:30Z",
      quota({ per: "hour" }),
      "quota",
      "2024-03-05T05:01:00.000Z",
    ],
    [
      "is waited for as the source says, where it says so",
      "2024-03-05T04:00:00Z",
      quota({}, 7_200_000),
      "quota",
      "2024-03-05T06:00:00.000Z",
    ],
    ["never comes within a minute", "2024-03-05T04:00:00Z", quota({}, 0), "quota", "2024-03-05T04:01:00.000Z"],
    ["is closed for a day by a ban", "2024-03-05T04:00:00Z", quota({ kind: "banned" }), "banned", "2024-03-06T04:00:00.000Z"],
  ])("%s", async (_what, at, error, reason, resume) => {
    expect(await pauseAfter(at, error)).toEqual([reason, resume]);
  });
  test("that another task found used up is not asked for again until its time", async () => {
    const bench = onBench();
    const closed = { reason: "quota", resumeMs: NOON_MS + 60_000, detail: "used up" } as const;
    const circuit = createCircuit({ clock: bench.clock, zone: "Asia/Shanghai", closed });
    expect(() => circuit.pass()).toThrow(PauseError);
    await bench.clock.advance(60_000);
    expect(() => circuit.pass()).not.toThrow();
  });
});

test("a day that the source itself calls closed is a holiday, whatever the calendar says", async () => {
  const bench = onBench({ source: createFakeSource(() => ({ kind: "closed" })) });
  expect(await bench.run()).toMatchObject({ status: "skipped", reason: "holiday", error: null });
  expect(bench.options.ledger.size).toBe(0);
});

describe("rows that the source itself expects", () => {
  const expecting = (rows: number, expected: number) =>
    createFakeSource((day) => ({ kind: "rows", rows: someRows(day, rows), expected }));
  const neighbours = () => aLedger(...weekdays("2024-02-19", "2024-03-01", 100), ...weekdays("2024-03-05", "2024-03-08", 100));

  test.each([
    [60, 60, "success", false],
    [97, 100, "success", false],
    [96, 100, "success", true],
    [100, 110, "success", true],
    [69, 100, "failed", false],
  ] as const)("%d of %d: %s, suspect %s, whatever the neighbours have", async (rows, expected, status, suspect) => {
    const bench = onBench({ source: expecting(rows, expected), ledger: neighbours() });
    const outcome = await bench.run();
    expect([outcome.status, outcome.suspect]).toEqual([status, suspect]);
    if (suspect) expect(outcome.warnings.map(({ code }) => code)).toEqual(["fewer_than_expected"]);
    if (status === "failed")
      expect(outcome.error).toMatchObject({ code: "incomplete", params: { reference: "expected", expected } });
    else expect(bench.stored[0]).toMatchObject({ expected });
  });
  test("do not keep more rows from being replaced by far fewer", async () => {
    const ledger = aLedger(...weekdays("2024-03-04", "2024-03-04", 100));
    const outcome = await onBench({ source: expecting(50, 50), ledger }).run();
    expect(outcome.error).toMatchObject({ code: "incomplete", params: { reference: "replaced" } });
  });
});

test("rows that were left out are kept with their reasons, also those that failed the day", async () => {
  const bad = { row: 201, code: "x", field: "close_price", value: "n/a", problem: "not_a_number" };
  const source = (good: number) =>
    createFakeSource((day) => ({ kind: "rows", rows: [...someRows(day, good), aRow(day, "x", { close_price: "n/a" })] }));
  expect(await onBench({ source: source(200) }).run()).toMatchObject({ status: "success", rejected: 1, rejected_sample: [bad] });
  expect(await onBench({ source: source(50) }).run()).toMatchObject({
    status: "failed",
    reason: "bad_rows",
    rejected: 1,
    rejected_sample: [{ ...bad, row: 51 }],
  });
});
