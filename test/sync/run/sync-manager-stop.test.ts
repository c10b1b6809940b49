import { expect, test } from "vitest";
import { DatabaseAwayError } from "@/server/sync/errors";
import { aStart } from "../../support/builders";
import { aGate, createFakeSource, hangingOn, rowsAnswer, untilAborted } from "../../support/fakes";
import { aHouse, startedId } from "../manager-bench";

const silent = () => createFakeSource(() => new Promise(() => {}));
/** Connections on which nothing is answered until they are cut. */
function aCut() {
  const answer = aGate<never>();
  answer.promise.catch(() => {});
  return { cut: () => answer.fail(new DatabaseAwayError("the line was cut")), isCut: answer.promise };
}

test("a stop lets the day that is being stored finish, and asks for no further one", async () => {
  const { clock, database, anInstance } = aHouse();
  const gate = aGate();
  database.faults.before = (call, { date }) => (call === "storeDay" && date === "2024-02-26" ? gate.promise : undefined);
  const { manager } = anInstance();
  const id = startedId(await manager.start(aStart()));
  await clock.advance(100);
  const stopped = manager.stop();
  await clock.advance(3_000);
  gate.open();
  await stopped;
  expect(database.ledger.has("2024-02-26")).toBe(true);
  expect(database.outcomes(id).at(-1)).toBe("2024-03-01 pending");
  const done = database.outcomes(id).filter((line) => line.includes("success")).length;
  expect(done).toBeGreaterThanOrEqual(2);
  expect(database.tasks.get(id)).toMatchObject({ status: "interrupted", success: done });
});

test("a stop does not wait longer than ten seconds for a day that does not end", async () => {
  const { clock, database, anInstance } = aHouse();
  database.faults.before = (call, { signal }) => (call === "storeDay" && signal ? untilAborted(signal) : undefined);
  const { manager } = anInstance();
  const id = startedId(await manager.start(aStart()));
  await clock.advance(100);
  await clock.drive(manager.stop());
  expect(clock.monotonic()).toBe(10_100);
  expect(database.ledger.size).toBe(0);
  expect(database.tasks.get(id)?.status).toBe("interrupted");
  expect(database.lease.holder).toBeNull();
});

test("a stop ends even when the database is away", async () => {
  const { clock, database, anInstance } = aHouse();
  const { manager, log } = anInstance("one", { source: hangingOn("2024-02-26") });
  await manager.start(aStart());
  await clock.advance(100);
  database.setAway(true);
  await clock.drive(manager.stop());
  expect(clock.monotonic()).toBeLessThanOrEqual(10_200);
  expect(log.lines.at(-1)?.message).toBe("sync left its task behind");
});

test("a stop is the end of starting", async () => {
  const { clock, database, anInstance } = aHouse();
  const { manager } = anInstance("one", { source: silent() });
  const id = startedId(await manager.start(aStart()));
  await clock.drive(manager.stop());
  expect(await manager.start(aStart())).toEqual({ kind: "stopping" });
  await manager.dispatch();
  expect(manager.current()).toBeNull();
  expect(database.tasks.get(id)?.status).toBe("interrupted");
});

test("a stop that meets a claim on its way leaves no lease behind", async () => {
  const { clock, database, anInstance } = aHouse();
  const { manager } = anInstance("one", { source: silent() });
  const started = manager.start(aStart());
  await clock.drive(manager.stop());
  expect(await started).toMatchObject({ kind: "started" });
  expect(database.lease.holder).toBeNull();
  expect([...database.tasks.values()]).toMatchObject([{ status: "interrupted" }]);
});

test("a stop sets the day down at once, however long a claim is on its way", async () => {
  const { clock, database, anInstance } = aHouse();
  const source = createFakeSource(async (day) => {
    await clock.sleep(1_000);
    return rowsAnswer(day);
  });
  const { manager } = anInstance("one", { source });
  const id = startedId(await manager.start(aStart()));
  await clock.advance(500);
  const gate = aGate();
  database.faults.before = (call) => (call === "claimNew" ? gate.promise : undefined);
  const waiting = manager.start(aStart({ if_busy: "queue" })).catch(() => {});
  await clock.advance(0);
  const stopped = manager.stop();
  await clock.advance(5_000);
  expect(database.tasks.get(id)?.status).toBe("interrupted");
  gate.open();
  await clock.drive(Promise.all([stopped, waiting]));
  expect(clock.sleeping()).toBe(0);
});

test("a stop ends at once what a claim begins that was on its way for longer than the stop waits, whatever it hangs in", async () => {
  const { clock, database, anInstance } = aHouse();
  const gate = aGate();
  const { cut, isCut } = aCut();
  database.faults.before = (call) => {
    if (call === "claimNew") return gate.promise;
    return call === "loadLedger" ? isCut : undefined;
  };
  const openSession = (epoch: number) => ({ ...database.openSession(epoch), cut });
  const { manager } = anInstance("one", { openSession });
  const started = manager.start(aStart());
  await clock.advance(100);
  const stopped = manager.stop();
  await clock.advance(12_000);
  gate.open();
  await Promise.all([started, clock.drive(stopped)]);
  expect(clock.monotonic()).toBe(12_100);
  expect(database.lease.holder).toBeNull();
  expect([...database.tasks.values()]).toMatchObject([{ status: "interrupted" }]);
});

test("a stop that has waited long enough cuts the connections: an outcome may wait for a lock, and hears no signal", async () => {
  const { clock, database, anInstance } = aHouse();
  const { cut, isCut } = aCut();
  database.faults.before = (call) => (call === "recordOutcome" ? isCut : undefined);
  const openSession = (epoch: number) => ({ ...database.openSession(epoch), cut });
  const source = createFakeSource(() => ({ kind: "nothing" }));
  const { manager } = anInstance("one", { source, openSession });
  await manager.start(aStart());
  await clock.advance(100);
  await clock.drive(manager.stop());
  expect(clock.monotonic()).toBeLessThanOrEqual(10_200);
  expect(database.lease.holder).toBeNull();
});
