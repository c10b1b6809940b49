import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import { mkdtemp, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Progress } from "@/lib/contract/task";
import { isAlive, isPostmasterOf, readPostmaster } from "@/server/db/embedded-postmaster";
import { call, untilEnded } from "@/test/support/api-client";
import { type ServerProcess, startServer } from "@/test/support/server";

const DAY = "2024-03-05";
const PATIENCE = { timeout: 90_000, interval: 100 };
const onLinux = process.platform === "linux";

let dataDir: string;
const servers: ServerProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "dayfill-survives-"));
});
afterEach(async () => {
  const { socketDir = "" } = (await readPostmaster(cluster())) ?? {};
  await Promise.all(servers.splice(0).map((server) => server.end()));
  const left = await readPostmaster(cluster());
  if (left && (await isPostmasterOf(left.pid, cluster()))) process.kill(left.pid, "SIGINT");
  for (let waited = 0; waited < PATIENCE.timeout && (await readPostmaster(cluster())); waited += PATIENCE.interval)
    await sleep(PATIENCE.interval);
  if (socketDir) await rmdir(socketDir).catch(() => {});
  await rm(dataDir, { recursive: true, force: true });
});

const cluster = () => join(dataDir, "postgres");
const log = () => readFile(`${cluster()}.log`, "utf8");

async function serve(more: Record<string, string> = {}, how: Parameters<typeof startServer>[1] = {}): Promise<ServerProcess> {
  const server = await startServer({ DATA_DIR: dataDir, SAMPLE_SYMBOLS: "50", ...more }, how);
  servers.push(server);
  return server;
}

async function start(server: ServerProcess, start_date: string, end_date: string): Promise<string> {
  const reply = await call(server.url, "/sync/batch", { start_date, end_date });
  expect(reply.status).toBe(202);
  return reply.body.data.task_id as string;
}

const recordOf = async (server: ServerProcess) => (await call(server.url, `/date/${DAY}`)).body.data;
const progressOf = async (server: ServerProcess, taskId: string) =>
  (await call(server.url, `/sync/batch/progress/${taskId}`)).body.data as Progress;

/** Asks the embedded PostgreSQL past the server. */
async function ask(sql: string): Promise<unknown[]> {
  const { socketDir, port } = (await readPostmaster(cluster())) ?? { socketDir: "127.0.0.1", port: 0 };
  const client = new Client({ host: socketDir, port, user: "dayfill", database: "dayfill" });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** What PostgreSQL writes where it was not shut down in order. */
const RECOVERY = /was not properly shut down|interrupted; last known up/;

test("a server that is stopped while its database starts ends in order and leaves none", async () => {
  const starting = expect(serve()).rejects.toThrow("(exit code 0)");
  let pid = 0;
  const looks = { timeout: 90_000, interval: 5 };
  await vi.waitFor(async () => expect((pid = (await readPostmaster(cluster()))?.pid ?? 0)).toBeGreaterThan(0), looks);
  const parent = spawnSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }).stdout;
  process.kill(Number(parent), "SIGTERM");
  await starting;
  expect(await isPostmasterOf(pid, cluster())).toBe(false);
});

test("kill -9 of the server in the middle of a sync: the next start has every stored row and goes on", async () => {
  const first = await serve({ SAMPLE_DAY_MS: "1000" });
  const taskId = await start(first, DAY, "2024-03-15");
  await expect.poll(async () => (await progressOf(first, taskId)).success, PATIENCE).toBeGreaterThan(0);
  const before = await readPostmaster(cluster());
  await first.end("SIGKILL");
  const second = await serve();
  // What the one that was killed last said of itself may still stand there; the rows do.
  expect(await recordOf(second)).toMatchObject({ success_count: 50 });
  expect(await untilEnded(second.url, taskId)).toMatchObject({ status: "completed", success: 9, failed: 0, rows: 450 });
  expect(await recordOf(second)).toMatchObject({ status: "success", success_count: 50 });
  // Whoever ended or was adopted: one PostgreSQL holds the folder.
  const after = await readPostmaster(cluster());
  expect(await isPostmasterOf(after?.pid ?? 0, cluster())).toBe(true);
  if (before && before.pid !== after?.pid) expect(await isPostmasterOf(before.pid, cluster())).toBe(false);
});

test.each([
  ["the server alone", false],
  ["npm start", true],
])("Ctrl-C in a terminal (%s): the day in work is settled, then PostgreSQL is stopped in order", async (_what, throughNpm) => {
  const server = await serve({ SAMPLE_DAY_MS: "1500" }, { ownGroup: true, throughNpm });
  const taskId = await start(server, DAY, "2024-03-29");
  await expect.poll(async () => (await progressOf(server, taskId)).success, PATIENCE).toBeGreaterThan(0);
  const postmaster = await readPostmaster(cluster());
  process.kill(-server.pid, "SIGINT");
  await vi.waitFor(async () => expect(await readPostmaster(cluster())).toBeNull(), PATIENCE);
  await vi.waitFor(() => expect(isAlive(postmaster?.pid ?? 0)).toBe(false), PATIENCE);
  // npm ends by the signal itself.
  if (!throughNpm) expect(await server.gone).toBe(0);
  expect(server.output()).toContain('"msg":"stopping"');
  const again = await serve({ SAMPLE_DAY_MS: "0" });
  const lines = await log();
  // Given back, not run out: the lease and the day in work were settled before PostgreSQL was.
  expect(await ask("SELECT crashes FROM sync_task")).toEqual([{ crashes: 0 }]);
  expect(lines).toContain("received fast shutdown request");
  expect(lines).not.toMatch(RECOVERY);
  // A clean stop is no crash: the task was left interrupted and is gone on with.
  const ended = await untilEnded(again.url, taskId);
  expect(ended).toMatchObject({ status: "completed", success: 19, failed: 0 });
  expect(lines).not.toContain("terminating connection due to administrator command");
});

test("two servers on one data folder share one PostgreSQL, and the second one survives the end of the first", async () => {
  const first = await serve();
  const second = await serve();
  await untilEnded(first.url, await start(first, DAY, DAY));
  expect(await recordOf(second)).toMatchObject({ success_count: 50 });
  expect(second.output()).toContain("it is shared");
  await first.end("SIGKILL");
  await vi.waitFor(async () => expect(await recordOf(second)).toMatchObject({ success_count: 50 }), PATIENCE);
  // The first answers may still come from the PostgreSQL that goes with the one that was killed.
  const range = { start_date: "2024-03-06", end_date: "2024-03-06" };
  const again = async () => (await call(second.url, "/sync/batch", { ...range, force: true })).status;
  await expect.poll(again, PATIENCE).toBe(202);
  const stored = async () => (await call(second.url, "/date/2024-03-06")).body.data;
  await vi.waitFor(async () => expect(await stored()).toMatchObject({ success_count: 50 }), PATIENCE);
  if (onLinux) expect(postmastersOn(dataDir)).toHaveLength(1);
});

test("two servers that start at the same moment on an empty folder end with one PostgreSQL", async () => {
  const both = await Promise.all([serve(), serve()]);
  for (const server of both) expect((await call(server.url, "/console")).status).toBe(200);
  // The second one may be on its way out, and a backend that was just forked still bears the words of its main process.
  if (onLinux) await expect.poll(() => postmastersOn(dataDir)).toHaveLength(1);
});

/** Pids of the PostgreSQL main processes that were started on this folder. */
function postmastersOn(folder: string): string[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => /\bpostgres -D /.test(line) && line.includes(folder) && !line.includes("unshare"));
}

test("a port that is taken: a clear word, exit code 1, and PostgreSQL is stopped again", async () => {
  const holder: Server = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const address = holder.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    const failed = await serve({ PORT: String(port) }).catch((error: Error) => error.message);
    expect(failed).toContain(`Port ${port} on 127.0.0.1 is in use by another program`);
    expect(failed).toContain("exit code 1");
    expect(await readPostmaster(cluster())).toBeNull();
    expect(await log()).toContain("database system is shut down");
    expect((await readdir(dataDir)).sort()).toEqual(["postgres", "postgres.log"]);
    if (onLinux) expect(postmastersOn(dataDir)).toEqual([]);
  } finally {
    holder.close();
  }
});

test("a table that cannot be used: PostgreSQL is stopped again and the exit code is 1", async () => {
  const first = await serve();
  await ask("INSERT INTO sync_migration (name, run_on) VALUES ('9999_from_the_future', now())");
  await first.end();
  expect(await readPostmaster(cluster())).toBeNull();
  const failed = await serve().catch((error: Error) => error.message);
  expect(failed).toMatch(/newer Dayfill \(9999_from_the_future\)/);
  expect(failed).toContain("exit code 1");
  expect(await readPostmaster(cluster())).toBeNull();
});
