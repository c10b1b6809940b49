import { afterAll, beforeAll, expect, test } from "vitest";
import type { SyncState } from "@/lib/contract/events";
import { type ServedApp, serveApp, watch } from "../support/served-app";

const env = { SAMPLE_DAY_MS: "3000", SAMPLE_SYMBOLS: "5" };
let first: ServedApp;
let second: ServedApp;
beforeAll(async () => {
  first = await serveApp({ env });
  second = await serveApp({ env, databaseUrl: first.databaseUrl });
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

const waitingIn = (state: SyncState) => state.queue.tasks.map((task) => `${task.start_date} ${task.status} ${task.priority}`);

test("the queue is told to the watchers of both instances in its order, and every change of it", async () => {
  const pages = await Promise.all([watch(first.url), watch(second.url)]);
  const all = (wanted: string[], count = wanted.length) =>
    Promise.all(
      pages.map((page) => page.stateWhen((state) => state.queue.count === count && waitingIn(state).join() === wanted.join())),
    );
  const running = await first.start("2024-01-02", "2024-02-29");
  await all([]);
  const low = await second.start("2024-03-04", "2024-03-04", { if_busy: "queue", priority: 2 });
  await first.start("2024-03-05", "2024-04-05", { if_busy: "queue" });
  await all(["2024-03-05 queued 5", "2024-03-04 queued 2"]);
  await first.api(`/queue/${low}`, { method: "PATCH", body: { priority: 9 } });
  await all(["2024-03-04 queued 9", "2024-03-05 queued 5"]);
  await second.api(`/queue/${low}`, { method: "DELETE" });
  await all(["2024-03-05 queued 5"]);
  await second.api(`/sync/batch/${running}/cancel`, { method: "POST" });
  const states = await Promise.all(
    pages.map((page) => page.stateWhen((state) => state.current?.start_date === "2024-03-05" && state.queue.count === 0)),
  );
  expect(states.map((state) => state.last?.task_id)).toEqual([running, running]);
  await first.api(`/sync/batch/${states[0]?.current?.task_id}/cancel`, { method: "POST" });
  for (const page of pages) page.close();
});

test("of a long queue the first twenty are told, and how many there are", async () => {
  const running = await first.start("2024-01-02", "2024-02-29", { if_busy: "queue", force: true });
  const days = Array.from({ length: 22 }, (_, index) => `2024-05-${String(index + 1).padStart(2, "0")}`);
  for (const day of days) await second.start(day, day, { if_busy: "queue", priority: 1 });
  const page = await watch(second.url);
  const state = await page.stateWhen(({ queue, current }) => queue.count === 22 && current?.task_id === running);
  expect(state.queue.tasks.map((task) => task.start_date)).toEqual(days.slice(0, 20));
  page.close();
});
