import { afterAll, beforeAll, expect, test } from "vitest";
import type { CoverageRun } from "@/lib/contract/coverage";
import type { DayRecord } from "@/lib/contract/routes";
import { type App, startApp } from "../support/app";

let app: App;
beforeAll(async () => {
  app = await startApp({ env: { SAMPLE_SYMBOLS: "5", SAMPLE_DAY_MS: "3600000" } });
});
afterAll(() => app.stop());

const stateOf = async (day: string) =>
  (await app.api<CoverageRun[]>(`/coverage?from=${day}&to=${day}`)).body.data.map(({ state }) => state).join();
const recordOf = async (day: string) => (await app.api<DayRecord>(`/date/${day}`)).body.data;

test("a day that has its outcome is not told to be at work, though its holder died before it said so", async () => {
  const running = await app.start("2024-01-02", "2024-01-05");
  await expect.poll(() => stateOf("2024-01-02")).toBe("running");
  await app.ask("SET session_replication_role = replica; UPDATE sync_task_day SET status = 'success' WHERE date = '2024-01-02'");
  expect(await stateOf("2024-01-02")).not.toBe("running");
  expect(await stateOf("2024-01-03")).toBe("queued");
  await app.api(`/sync/batch/${running}/cancel`, { method: "POST" });
  await app.settle(running);
});

test("days that wait in the queue are queued on the wall and pending in the records, until they are taken off it", async () => {
  const running = await app.start("2024-01-02", "2024-01-05");
  await app.progressWhen(running, ({ phase }) => phase === "fetching");
  const waiting = await app.start("2024-02-01", "2024-02-05", { if_busy: "queue" });
  // Where the task is stands in the database a moment later.
  await expect.poll(() => stateOf("2024-01-02")).toBe("running");
  expect(await stateOf("2024-01-03")).toBe("queued");
  expect(await stateOf("2024-02-01")).toBe("queued");
  expect(await stateOf("2024-02-03")).toBe("no_trading");
  expect(await recordOf("2024-02-01")).toMatchObject({ status: "pending" });
  const { body } = await app.api(`/check/2024-02-01`, { method: "POST" });
  expect(body.data).toEqual({ need_sync: false, reason: "该日正在排队" });

  await app.api(`/queue/${waiting}`, { method: "DELETE" });
  expect(await stateOf("2024-02-01")).toBe("missing");
  await app.api(`/sync/batch/${running}/cancel`, { method: "POST" });
  await app.settle(running);
});
