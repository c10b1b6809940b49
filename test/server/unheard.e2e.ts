import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { call, untilEnded } from "@/test/support/api-client";
import { freshDatabase } from "@/test/support/postgres";
import { startServer } from "@/test/support/server";

const SYMBOLS = 50;
const IDLE_MS = 6_000;
/** Of the idle time; what goes round in a circle takes all of it. */
const MAX_BUSY_SECONDS = 3;

/** Seconds of CPU that the process has taken so far. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "cputime=", "-p", String(pid)]);
  return stdout
    .trim()
    .split(":")
    .reduce((sum, part) => sum * 60 + Number(part), 0);
}

test("a server whose words nobody reads any more goes on, and does not go round in circles", async () => {
  const database = await freshDatabase();
  onTestFinished(database.drop);
  const server = await startServer({ DATABASE_URL: database.url, SAMPLE_SYMBOLS: String(SYMBOLS) });
  onTestFinished(async () => void (await server.end("SIGKILL")));
  server.stopReading();
  const started = await call(server.url, "/sync/batch", { start_date: "2024-03-04", end_date: "2024-03-08" });
  expect(await untilEnded(server.url, started.body.data.task_id as string)).toMatchObject({ success: 5, failed: 0 });
  const before = await cpuSecondsOf(server.pid);
  await sleep(IDLE_MS);
  expect((await cpuSecondsOf(server.pid)) - before).toBeLessThanOrEqual(MAX_BUSY_SECONDS);
});
