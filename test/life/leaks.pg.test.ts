import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, startApp } from "../support/app";

const RUNS = 20;
/** Connections of the API that come and stay, and the timers of their idleness. A run has five lines; twenty would leave a hundred. */
const ROOM = 20;

let app: App;
beforeAll(async () => {
  app = await startApp({ env: { SAMPLE_SYMBOLS: "500", SAMPLE_DAY_MS: "5" } });
});
afterAll(() => app.stop());

/** Sockets and timers of this process. */
function held(): Record<string, number> {
  const counts: Record<string, number> = { sockets: 0, timers: 0 };
  for (const resource of process.getActiveResourcesInfo()) {
    if (/^(Pipe|TCPSocket)Wrap$/.test(resource)) counts["sockets"] = (counts["sockets"] ?? 0) + 1;
    if (resource === "Timeout") counts["timers"] = (counts["timers"] ?? 0) + 1;
  }
  return counts;
}

test("twenty runs, every other one cancelled at some moment, leave no connection, no timer and no stage behind", async () => {
  await app.sync("2024-01-02", "2024-01-05");
  const before = held();
  for (let run = 0; run < RUNS; run += 1) {
    const taskId = await app.start("2024-01-02", "2024-01-31", { force: true });
    if (run % 2) {
      await sleep(run * 7);
      await app.api(`/sync/batch/${taskId}/cancel`, { method: "POST" });
    }
    const { status } = await app.settle(taskId);
    expect(["completed", "cancelled"]).toContain(status);
  }
  const work = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'dayfill:work:%' AND datname = current_database()";
  await expect.poll(() => app.ask(work)).toEqual([]);
  const after = held();
  expect(after["sockets"]).toBeLessThan((before["sockets"] ?? 0) + ROOM);
  expect(after["timers"]).toBeLessThan((before["timers"] ?? 0) + ROOM);
  expect(await app.ask("SELECT holder, task_id FROM sync_lease")).toEqual([{ holder: null, task_id: null }]);
  expect(await app.ask("SELECT (SELECT count(*)::int FROM sync_stage_chunk) AS chunks")).toEqual([{ chunks: 0 }]);
});
