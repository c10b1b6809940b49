import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TaskDaysPage } from "@/lib/contract/task";
import { holdDay } from "../support/held-day";
import { type ServedApp, serveApp, watch } from "../support/served-app";

let first: ServedApp;
let second: ServedApp;
type Watcher = Awaited<ReturnType<typeof watch>>;
const watchers: Watcher[] = [];
const env = { SAMPLE_DAY_MS: "60", SAMPLE_SYMBOLS: "5" };

beforeAll(async () => {
  first = await serveApp({ env });
  second = await serveApp({ env, databaseUrl: first.databaseUrl });
});
afterEach(() => {
  for (const watcher of watchers.splice(0)) watcher.close();
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

async function listen(app: ServedApp, ...more: Parameters<typeof watch> extends [string, ...infer Rest] ? Rest : never) {
  const watcher = await watch(app.url, ...more);
  watchers.push(watcher);
  return watcher;
}

/** What a page knows of a task's days after applying its deltas in order; throws on a gap. */
function applied(watcher: Watcher, taskId: string) {
  const days = new Map<string, string>();
  const deltas = watcher.heard.days.filter((delta) => delta.task_id === taskId);
  expect(deltas.map((delta) => delta.days_seq)).toEqual(deltas.map((_, index) => index + 1));
  for (const delta of deltas) for (const day of delta.days) days.set(day.date, `${day.status} ${day.reason} ${day.rows}`);
  return Object.fromEntries([...days].sort());
}

async function inTheDatabase(app: ServedApp, taskId: string) {
  const { body } = await app.api<TaskDaysPage>(`/tasks/${taskId}/days`);
  return Object.fromEntries(body.data.days.map((day) => [day.date, `${day.status} ${day.reason} ${day.rows}`]));
}

test("who connects is told the whole state at once", async () => {
  const watcher = await listen(first);
  const state = await watcher.stateWhen(() => true);
  expect(state).toMatchObject({
    current: null,
    last: null,
    database: { ok: true, ms: expect.any(Number) },
    watching: expect.any(Number),
  });
  // The other instance too, once it was seen.
  expect(state.instances).toContainEqual({
    id: expect.any(String),
    name: expect.any(String),
    holder: false,
    renewed_ms_ago: null,
  });
  expect((await watcher.stateWhen(({ watching }) => watching === 1)).boot_id).toBe(state.boot_id);
  await listen(first);
  await watcher.stateWhen(({ watching }) => watching === 2);
});

test("all sockets hear the same states under the same numbers, which only grow; progress never falls and the end is always told", async () => {
  const [one, other] = [await listen(first), await listen(first)];
  const taskId = await first.start("2024-01-01", "2024-01-31");
  const state = await one.ended(taskId);
  expect(state).toMatchObject({
    current: null,
    last: { status: "completed", success: 22, skipped: 9, message: null, progress_percent: 100 },
  });
  await other.ended(taskId);
  const bySeq = new Map(one.heard.states.slice(1).map((each) => [each.seq, JSON.stringify(each)]));
  const shared = other.heard.states.slice(1).filter((each) => bySeq.has(each.seq));
  expect(shared.length).toBeGreaterThan(4);
  for (const each of shared) expect(JSON.stringify(each)).toBe(bySeq.get(each.seq));
  const seqs = one.heard.states.map((each) => each.seq);
  expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
  const progress = one.heard.states.flatMap((each) => (each.current?.task_id === taskId ? [each.current.current] : []));
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.length).toBeGreaterThan(2);
});

test("deltas of days come in order and complete, with the skips that only the end settled", async () => {
  const watcher = await listen(first);
  // The range ends in a weekend: its skips have no day after them to go with.
  const taskId = await first.start("2024-02-05", "2024-02-18");
  await watcher.ended(taskId);
  await expect.poll(() => Object.keys(applied(watcher, taskId)).length).toBe(14);
  expect(applied(watcher, taskId)).toEqual(await inTheDatabase(first, taskId));
  await expect.poll(() => watcher.heard.coverage).toBeGreaterThan(0);
});

test("watchers of the other instance see the task run, end, and every day of it", async () => {
  const watcher = await listen(second);
  // It runs until it was seen there.
  const letGo = await holdDay(first.ask, "2024-05-14");
  const taskId = await first.start("2024-03-01", "2024-05-14");
  const running = await watcher.stateWhen((state) => state.current?.task_id === taskId);
  expect(running.current).toMatchObject({ status: "running", total: 75 });
  expect(running.instances.filter((instance) => instance.holder)).toHaveLength(1);
  await letGo();
  await watcher.ended(taskId);
  await expect.poll(() => Object.keys(applied(watcher, taskId)).length).toBe(75);
  expect(applied(watcher, taskId)).toEqual(await inTheDatabase(second, taskId));
  await expect.poll(() => watcher.heard.coverage).toBeGreaterThan(0);
});

test("a task too short for the other instance to see it run is told there all the same", async () => {
  const watcher = await listen(second);
  const [one, two] = [await first.sync("2024-06-11", "2024-06-11"), await first.sync("2024-06-12", "2024-06-12")];
  await watcher.ended(two.task_id);
  await expect.poll(() => Object.keys(applied(watcher, two.task_id))).toEqual(["2024-06-12"]);
  await expect.poll(() => watcher.heard.coverage).toBeGreaterThan(0);
  expect(one.status).toBe("completed");
});

test("what a browser sends up is not listened to", async () => {
  const watcher = await listen(first);
  const socket = watcher.socket as unknown as { emit(event: string, ...data: unknown[]): void };
  for (const event of ["sync:state", "sync:start", "message"])
    socket.emit(event, { start_date: "2024-06-03", end_date: "2024-06-03" });
  await first.sync("2024-06-04", "2024-06-04");
  expect(watcher.socket.connected).toBe(true);
  expect(await first.ask("SELECT 1 FROM sync_task WHERE start_date = '2024-06-03'")).toEqual([]);
});

test("a name that was made to point here is refused", async () => {
  await expect(watch(first.url, { Host: "evil.example" })).rejects.toThrow();
});

test.each(["websocket", "polling"])("a foreign page is refused by %s, our own and a program are let in", async (transport) => {
  for (const origin of ["https://evil.example", "null", "http://localhost:1"]) {
    await expect(watch(first.url, { Origin: origin }, [transport])).rejects.toThrow();
  }
  expect((await listen(first, { Origin: first.url }, [transport])).socket.connected).toBe(true);
  expect((await listen(first, {}, [transport])).socket.connected).toBe(true);
});
