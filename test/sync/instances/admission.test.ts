import { describe, expect, test } from "vitest";
import { type AdmissionOptions, waitForAdmission } from "@/server/sync/instances/admission";
import { DatabaseAwayError } from "@/server/sync/errors";
import { type Rival, seenWithinMs } from "@/server/sync/instances/membership";
import { createFakeClock } from "../../support/clock";
import { createFakeLog } from "../../support/fakes";

const HERE = "files|XSHG|daily_stock_data";
const WITHIN_MS = 15_000;

function rival(seenMs: number, over: Partial<Rival> = {}): Rival {
  return {
    name: "there:1",
    address: "10.0.0.2:8000",
    fingerprint: "sample|XSHG|daily_stock_data",
    startedMs: 0,
    seenMs,
    ...over,
  };
}

/** Asks to be let in; `who` says who is in the way at that moment of the database. */
function asking(who: (nowMs: number) => Rival[], signal = new AbortController().signal) {
  const clock = createFakeClock(0);
  const log = createFakeLog();
  const options: AdmissionOptions = {
    clock,
    log,
    membership: { join: async () => ({ rivals: who(clock.now()), nowMs: clock.now() }) },
    fingerprint: HERE,
    seenWithinMs: WITHIN_MS,
    signal,
  };
  return { clock, log, admitted: waitForAdmission(options) };
}

describe("an instance that starts", () => {
  test("gets in at once where nobody of another configuration is", async () => {
    const { clock, admitted, log } = asking(() => []);
    await admitted;
    expect([clock.now(), log.lines]).toEqual([0, []]);
  });
  test("waits for one that was killed until it no longer counts, and says so once", async () => {
    const { clock, admitted, log } = asking((now) => (now < 14_000 ? [rival(-1_000)] : []));
    await clock.drive(admitted);
    expect(clock.now()).toBe(14_000);
    expect(log.lines.map(({ message }) => message)).toEqual(["waiting for an instance of another configuration to go"]);
  });
  test("refuses as soon as the other one gives a sign of life, and names it, what differs and what to do", async () => {
    const { clock, admitted } = asking((now) => [rival(Math.floor(now / 2_000) * 2_000)]);
    await expect(clock.drive(admitted)).rejects.toMatchObject({
      name: "RivalError",
      differs: "SOURCE (files here, sample there)",
    });
    expect(clock.now()).toBe(2_000);
    const words = await admitted.catch((error: Error) => error.message);
    for (const part of ["there:1", "10.0.0.2:8000", "1970-01-01T00:00:00", "SOURCE (files here, sample there)", "DATABASE_URL"])
      expect(words).toContain(part);
  });
  test("refuses when somebody new of another configuration came while it waited", async () => {
    const { clock, admitted } = asking((now) => (now < 5_000 ? [rival(-1_000)] : [rival(5_000, { name: "new:2" })]));
    await expect(clock.drive(admitted)).rejects.toThrow("new:2");
  });
  test("does not wait for ever for one that is not seen and yet counts, because it holds the lease", async () => {
    const { clock, admitted } = asking(() => [rival(-60_000)]);
    await expect(clock.drive(admitted)).rejects.toThrow("there:1");
    expect(clock.now()).toBeLessThanOrEqual(WITHIN_MS + 1_000);
  });
  test("waits for a database that goes away meanwhile", async () => {
    const { clock, admitted } = asking((now) => {
      if (now < 3_000) throw new DatabaseAwayError("connection refused");
      return [];
    });
    await clock.drive(admitted);
    expect(clock.now()).toBe(3_000);
  });
  test("stops waiting when it is told to stop", async () => {
    const stop = new AbortController();
    const { clock, admitted } = asking(() => [rival(-1)], stop.signal);
    const ended = expect(admitted).rejects.toThrow("enough");
    await clock.advance(1_200);
    stop.abort(new Error("enough"));
    await ended;
    expect(clock.sleeping()).toBe(0);
  });
});

test("an instance counts for the life of a lease, but never less than three beats", () => {
  expect([seenWithinMs(15_000), seenWithinMs(500)]).toEqual([15_000, 6_000]);
});
