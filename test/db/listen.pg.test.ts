import { randomUUID } from "node:crypto";
import { getEventListeners, once } from "node:events";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { announce, CHANNEL, textOf } from "@/server/db/announce";
import { transaction } from "@/server/db/connect";
import { listenToOthers } from "@/server/db/listen";
import type { What, Word } from "@/server/sync/instances/word";
import { listenOnLoopback, stopListening } from "../support/loopback";
import { startPostgresProxy } from "../support/postgres-proxy";
import { type Bench, newTask, openBench, row, runningTask, write, never } from "./fixture";

let bench: Bench;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  bench = await openBench();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await bench.reset();
});
afterAll(() => bench.close());

const LISTENERS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'dayfill:listen' AND datname = current_database()";

/** A listener that has begun to hear; `words` is what it heard so far. */
async function anEar(self: string = randomUUID()) {
  const words: Word[] = [];
  let begun = 0;
  const ear = listenToOthers({
    connection: { connectionString: bench.url },
    self,
    log: bench.log,
    onWord: (word) => void words.push(word),
    onListening: () => void (begun += 1),
  });
  closing.push(() => ear.close());
  await expect.poll(() => begun).toBe(1);
  return { self, words, begun: () => begun, close: () => ear.close(), whats: () => words.map(({ what }) => what) };
}
const say = (word: Word) => announce(bench.pool, word);

test("a word of another instance is heard, its own and what is no word is not", async () => {
  const ear = await anEar();
  await say({ from: ear.self, what: "queue" });
  const ranges = [7, ["2024-01-02"], ["2024-01-02", "tomorrow"]].map((range) =>
    JSON.stringify({ from: "another", what: "coverage", range }),
  );
  for (const noise of ["", "{", "null", '"queue"', '{"what":"queue"}', ...ranges])
    await bench.ask("SELECT pg_notify($1, $2)", [CHANNEL, noise]);
  await say({ from: "another", what: "command", task_id: "t" });
  await expect.poll(() => ear.words).toEqual([{ from: "another", what: "command", task_id: "t" }]);
});

test("nobody hears of what was rolled back", async () => {
  const ear = await anEar();
  await expect(
    transaction(bench.pool, async (client) => {
      await announce(client, { from: "another", what: "task" });
      throw new Error("changed my mind");
    }),
  ).rejects.toThrow("changed my mind");
  await say({ from: "another", what: "released" });
  await expect.poll(ear.whats).toEqual(["released"]);
});

test("the line that breaks is made anew, tells that it was deaf, and hears again", async () => {
  const ear = await anEar();
  await bench.ask(`SELECT pg_terminate_backend(pid) FROM (${LISTENERS}) l`);
  await expect.poll(ear.begun).toBe(2);
  await say({ from: "another", what: "days" });
  await expect.poll(ear.whats).toEqual(["days"]);
  expect(bench.log.lines.map(({ message }) => message)).toContain("does not hear the other instances");
});

test("lines that broke leave nothing behind with the one that is heard on", async () => {
  const signals = new Set<AbortSignal>();
  const add = EventTarget.prototype.addEventListener;
  const spy = vi.spyOn(EventTarget.prototype, "addEventListener").mockImplementation(function (this: EventTarget, ...args) {
    if (this instanceof AbortSignal) signals.add(this);
    return add.apply(this, args);
  });
  closing.push(async () => spy.mockRestore());
  const most = () => Math.max(...[...signals].map((signal) => getEventListeners(signal, "abort").length));
  const ear = await anEar();
  const before = most();
  for (const turn of [2, 3]) {
    await bench.ask(`SELECT pg_terminate_backend(pid) FROM (${LISTENERS}) l`);
    await expect.poll(ear.begun).toBe(turn);
  }
  expect(most()).toBe(before);
});

test("a closed listener leaves no connection behind, and may be closed twice", async () => {
  const ear = await anEar();
  expect(await bench.ask(LISTENERS)).toHaveLength(1);
  await ear.close();
  await ear.close();
  await expect.poll(() => bench.ask(LISTENERS)).toEqual([]);
});

test("every word is shorter than 200 bytes", () => {
  const whats: Record<What, true> = {
    task: true,
    days: true,
    queue: true,
    released: true,
    command: true,
    coverage: true,
    schedule: true,
    instances: true,
  };
  for (const what of Object.keys(whats) as What[]) {
    const longest: Word = {
      from: randomUUID(),
      what,
      task_id: "1990-01-02_2024-12-31_1700000000_200",
      range: ["1990-01-02", "2024-12-31"],
    };
    expect(Buffer.byteLength(textOf(longest))).toBeLessThan(200);
  }
});

test("claims, queue, commands, progress, ends and releases are told; a day's own transaction tells nothing", async () => {
  const ear = await anEar();
  const heard = async (expected: What[]) => {
    await expect.poll(ear.whats).toEqual(expected);
    ear.words.length = 0;
  };
  const run = await runningTask(bench, "2024-01-02", "2024-01-03");
  await heard(["task"]);
  await run.session.storeDay(run.taskId, write("2024-01-02", [row("2024-01-02", "600000")]), never);
  const counts = { success: 1, failed: 0, skipped: 0, suspect: 0, rows: 1 };
  const live = { current_date: null, phase: null, fetched: null, eta: null, wait: null };
  await run.session.publish(run.taskId, counts, live, []);
  await run.session.publish(run.taskId, counts, live, ["2024-01-02"]);
  await heard(["task", "days"]);

  const other = bench.instance();
  const waiting = await other.lease.claimNew(newTask("2024-02-01", "2024-02-01", { mayWait: true }));
  const gone = await other.lease.claimNew(newTask("2024-02-02", "2024-02-02", { mayWait: true }));
  if (waiting.kind !== "queued" || gone.kind !== "queued") throw new Error("not queued");
  await heard(["queue", "queue"]);
  await other.commands.reprioritise(gone.task.task_id, 9, null);
  await other.commands.reprioritise(gone.task.task_id, 9, null);
  await other.commands.dequeue(gone.task.task_id, null);
  await heard(["queue", "queue"]);
  await other.commands.command(run.taskId, "pause", null);
  await other.commands.command(run.taskId, "cancel", null);
  await other.commands.command(run.taskId, "cancel", null);
  await heard(["command", "command"]);

  const { next } = await run.session.finish(run.taskId, { status: "cancelled", error: null, rejudged: [], handOver: true });
  await expect.poll(ear.whats).toEqual(["task", "task"]);
  expect(ear.words.map(({ task_id }) => task_id)).toEqual([next?.task_id, run.taskId]);
  ear.words.length = 0;
  await run.lease.interrupt(next!.task_id, next!.epoch!);
  await heard(["released"]);

  const taken = await other.lease.claimNext();
  await heard(["task"]);
  await other.session(taken!.epoch!).finish(taken!.task_id, { status: "completed", error: null, rejudged: [], handOver: true });
  await heard(["released"]);
});

describe("a line that goes dead while it asks to listen", () => {
  const onDeadLine = async () => {
    const proxy = await startPostgresProxy(bench.url);
    closing.push(() => proxy.close());
    proxy.silenceAt("LISTEN sync_events");
    let begun = 0;
    const ear = listenToOthers({
      connection: { connectionString: proxy.url },
      self: randomUUID(),
      log: bench.log,
      onWord: () => {},
      onListening: () => void (begun += 1),
    });
    closing.push(() => ear.close());
    await expect.poll(() => bench.ask(LISTENERS)).toHaveLength(1);
    return { ear, begun: () => begun };
  };

  test("is given up for a new one", async () => {
    const { begun } = await onDeadLine();
    await expect.poll(begun, { timeout: 30_000 }).toBe(1);
  });
  test("does not hold up who closes, nor does one that is still being made", async () => {
    const { ear } = await onDeadLine();
    await ear.close();
    const noServer = createServer();
    const port = await listenOnLoopback(noServer);
    closing.push(() => stopListening(noServer));
    const deaf = { self: randomUUID(), log: bench.log, onWord: () => {}, onListening: () => {} };
    const connecting = listenToOthers({ ...deaf, connection: { connectionString: `postgres://127.0.0.1:${port}/nobody` } });
    await once(noServer, "connection");
    const begun = performance.now();
    await connecting.close();
    // The pool itself would give up after five seconds.
    expect(performance.now() - begun).toBeLessThan(4_000);
  });
});
