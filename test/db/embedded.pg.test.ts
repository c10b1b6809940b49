import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdtemp, readdir, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startEmbeddedPostgres } from "@/server/db/embedded";
import { isAlive, isPostmasterOf, type Postmaster, readPostmaster } from "@/server/db/embedded-postmaster";

let dataDir: string;
const leave: (() => Promise<unknown> | void)[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "dayfill-embedded-"));
});

afterEach(async () => {
  for (const step of leave.splice(0).reverse()) await step();
  await rm(dataDir, { recursive: true, force: true });
});

const cluster = () => join(dataDir, "postgres");

async function start() {
  const said: string[] = [];
  const hear = (_fields: object, message: string) => void said.push(message);
  const log = { info: hear, warn: hear, error: hear };
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  leave.push(() => postgres.stop());
  return { ...postgres, said };
}

async function ask(connection: object, sql: string): Promise<unknown> {
  const client = new Client(connection);
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows.length === 0 ? undefined : Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** A number that no process has. */
const NO_PID = 2 ** 30;
const pidNow = async () => (await readPostmaster(cluster()))?.pid ?? NO_PID;
const HOLDER = join(import.meta.dirname, "..", "support", "embedded-holder.ts");
const silent = { info: () => {}, warn: () => {}, error: () => {} };

test("what is committed is there after a stop and a start, and a stop leaves no process", async () => {
  const first = await start();
  await ask(first.connection, "CREATE TABLE kept AS SELECT 7 AS n");
  const pid = await pidNow();
  await first.stop();
  expect(await isPostmasterOf(pid, cluster())).toBe(false);
  const second = await start();
  expect(await ask(second.connection, "SELECT n FROM kept")).toBe(7);
  expect(second.connection).toEqual(first.connection);
});

test("it listens on a socket only its owner may enter, keeps commits safe and sorts by code point", async () => {
  const { connection, version } = await start();
  expect(version).toMatch(/^\d+\.\d+$/);
  expect(await ask(connection, "SHOW listen_addresses")).toBe("");
  expect(await ask(connection, "SHOW synchronous_commit")).toBe("on");
  expect(await ask(connection, "SHOW fsync")).toBe("on");
  expect(await ask(connection, "SHOW server_encoding")).toBe("UTF8");
  expect(await ask(connection, "SELECT string_agg(c, '' ORDER BY c) FROM unnest(ARRAY['b', 'A', 'a', '中', 'B']) AS c")).toBe(
    "ABab中",
  );
});

test.each([
  ["only its owner may enter", 0o700],
  ["everybody may enter", 0o755],
])("it starts in a data folder that %s", async (_who, mode) => {
  await chmod(dataDir, mode);
  const { connection } = await start();
  expect(await ask(connection, "SELECT 1")).toBe(1);
});

test("two starts at once on an empty folder end with one PostgreSQL and two that use it", async () => {
  const [first, second] = await Promise.all([start(), start()]);
  expect(await ask(first.connection, "SELECT 1")).toBe(1);
  expect(second.connection).toEqual(first.connection);
  expect((await readdir(dataDir)).sort()).toEqual(["postgres", "postgres.log"]);
});

test("when the instance that started it leaves, the one that adopted it starts it again at the same address", async () => {
  const first = await start();
  const second = await start();
  expect(second.said.join()).toContain("already runs");
  const before = await pidNow();
  await first.stop();
  await vi.waitFor(async () => expect(await ask(second.connection, "SELECT 1")).toBe(1), { timeout: 90_000, interval: 100 });
  expect(await pidNow()).not.toBe(before);
});

test("a PostgreSQL that was killed is started again and has lost nothing committed", async () => {
  const { connection } = await start();
  await ask(connection, "CREATE TABLE kept AS SELECT 7 AS n");
  process.kill(await pidNow(), "SIGKILL");
  await vi.waitFor(async () => expect(await ask(connection, "SELECT n FROM kept")).toBe(7), { timeout: 90_000, interval: 200 });
});

test("a start that is ended in the middle leaves no PostgreSQL", async () => {
  await (await start()).stop();
  const ending = new AbortController();
  // The last look before PostgreSQL is started still finds that all is well.
  vi.spyOn(ending.signal, "throwIfAborted").mockImplementationOnce(() => ending.abort(new Error("the server stops")));
  await expect(startEmbeddedPostgres({ dataDir, log: silent, signal: ending.signal })).rejects.toThrow("the server stops");
  expect(await readPostmaster(cluster())).toBeNull();
});

test("a stop that comes while a PostgreSQL that was killed is started again leaves none", async () => {
  const { stop, said } = await start();
  process.kill(await pidNow(), "SIGKILL");
  await vi.waitFor(() => expect(said.join()).toContain("started again"), { timeout: 20_000, interval: 5 });
  await stop();
  expect(await isPostmasterOf(await pidNow(), cluster())).toBe(false);
});

test("a stop waits for the end no longer than it may; PostgreSQL ends by itself all the same", async () => {
  const { stop } = await start();
  const pid = await pidNow();
  process.kill(pid, "SIGSTOP");
  try {
    const begun = performance.now();
    await stop(200);
    // Without a limit it would be made to end after half a minute.
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(await isPostmasterOf(pid, cluster())).toBe(true);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 20_000, interval: 50 });
});

test("a pid file that names a process of another kind does not keep it from starting", async () => {
  const first = await start();
  await first.stop();
  await writeFile(join(cluster(), "postmaster.pid"), `${process.pid}\n${cluster()}\n1700000000\n5432\n/nowhere\n\n`);
  const { connection } = await start();
  expect(await ask(connection, "SELECT 1")).toBe(1);
  expect(isAlive(process.pid)).toBe(true);
});

test("a pid file that names the PostgreSQL of another folder leaves that one alone, at the start and at the stop", async () => {
  const other = await mkdtemp(join(tmpdir(), "dayfill-other-"));
  leave.push(() => rm(other, { recursive: true, force: true }));
  const neighbour = await startEmbeddedPostgres({ dataDir: other, log: silent });
  leave.push(() => neighbour.stop());
  const first = await start();
  await first.stop();
  const { pid, socketDir, port } = (await readPostmaster(join(other, "postgres"))) as Postmaster;
  const file = [pid, cluster(), 1_700_000_000, port, socketDir, "", ""].join("\n");
  await writeFile(join(cluster(), "postmaster.pid"), file);
  const { connection, stop } = await start();
  expect(await ask(connection, "SHOW data_directory")).toBe(cluster());
  await stop();
  expect(await ask(neighbour.connection, "SELECT pg_postmaster_start_time() < now()")).toBe(true);
  expect((await readPostmaster(join(other, "postgres")))?.pid).toBe(pid);
});

test("it runs as the owner of its folder: an ordinary user himself, for root somebody else", async () => {
  await start();
  expect(uidOf(await pidNow())).toBe((await stat(cluster())).uid);
  // Who is no root has seen it all; root also plays an ordinary user.
  if (process.getuid?.() !== 0) return;
  const ordinary = { uid: 65_534, gid: 65_534 };
  if (spawnSync("test", ["-r", HOLDER], ordinary).status !== 0) {
    console.warn("!!! This checkout cannot be read by other users: the start by an ordinary user is not tested here. !!!");
    return;
  }
  const his = await mkdtemp(join(tmpdir(), "dayfill-his-"));
  leave.push(() => rm(his, { recursive: true, force: true }));
  await chown(his, ordinary.uid, ordinary.gid);
  await startInAnotherProcess(his, ordinary);
  const pid = (await readPostmaster(join(his, "postgres")))?.pid ?? NO_PID;
  expect(await isPostmasterOf(pid, join(his, "postgres"))).toBe(true);
  expect(uidOf(pid)).toBe(ordinary.uid);
});

const uidOf = (pid: number) => Number(spawnSync("ps", ["-o", "uid=", "-p", String(pid)], { encoding: "utf8" }).stdout);

test("a cluster of another major version is refused with what to do, and not touched", async () => {
  const first = await start();
  await first.stop();
  await writeFile(join(cluster(), "PG_VERSION"), "12\n");
  await expect(start()).rejects.toThrow(/made by PostgreSQL 12.*DATA_DIR/s);
});

test("when Node is killed, PostgreSQL ends with it or is adopted by the next start", async () => {
  const child = await startInAnotherProcess();
  const pid = await pidNow();
  child.kill("SIGKILL");
  await once(child, "exit");
  if (process.platform === "linux") await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 90_000, interval: 50 });
  const { connection } = await start();
  expect(await ask(connection, "SELECT 1")).toBe(1);
});

test("a signal to the process group of the terminal does not reach PostgreSQL", async () => {
  const child = await startInAnotherProcess();
  const pid = await pidNow();
  process.kill(-(child.pid ?? 0), "SIGINT");
  await once(createInterface({ input: child.stdout ?? process.stdin }), "line");
  expect(await isPostmasterOf(pid, cluster())).toBe(true);
});

/** A process group of its own with a start in it; on SIGINT it says so and goes on. */
async function startInAnotherProcess(folder = dataDir, user: { uid?: number; gid?: number } = {}): Promise<ChildProcess> {
  const its = join(folder, "postgres");
  const child = spawn(process.execPath, ["--import", "tsx", HOLDER, folder], {
    ...user,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  leave.push(async () => {
    const { socketDir = "" } = (await readPostmaster(its)) ?? {};
    child.kill("SIGKILL");
    await ended;
    const pid = (await readPostmaster(its))?.pid ?? NO_PID;
    if (await isPostmasterOf(pid, its)) process.kill(pid, "SIGINT");
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 90_000, interval: 50 });
    // Nobody was left to take the empty folder away.
    await rmdir(socketDir).catch(() => undefined);
  });
  await once(createInterface({ input: child.stdout }), "line");
  return child;
}
