import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { ConsoleInfo } from "@/lib/contract/console";
import { probePooler } from "@/server/db/pooler-probe";
import { type App, startApp } from "../support/app";
import { startFakePooler } from "../support/fake-pooler";
import { type PoolMode, startPgBouncer } from "../support/pgbouncer";
import { freshDatabase } from "../support/postgres";
import { startPostgresProxy } from "../support/postgres-proxy";

const binary = process.env["DAYFILL_PGBOUNCER"];
if (!binary) {
  console.warn("NOT RUN: the tests with a real PgBouncer. Set DAYFILL_PGBOUNCER to its path, such as /usr/sbin/pgbouncer.");
}
const binaries = binary ? [binary] : [];

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function database(): Promise<string> {
  const fresh = await freshDatabase();
  closing.push(() => fresh.drop());
  return fresh.url;
}
async function bouncer(path: string, mode: PoolMode, more = "") {
  const started = await startPgBouncer(path, await database(), mode, more);
  closing.push(() => started.close());
  return started;
}
async function serve(url: string, env: Record<string, string> = {}): Promise<App> {
  const app = await startApp({ databaseUrl: url, env });
  closing.push(() => app.stop());
  return app;
}
const probe = async (connectionString: string) => (await probePooler({ connectionString })).pooler;

const fakePooler = async () => {
  const pooler = await startFakePooler(await database(), { mode: "session", size: 16 });
  closing.push(() => pooler.close());
  return pooler;
};
const SESSION_POOLERS: [string, () => Promise<{ url: string }>][] = [
  ["a pooler in session mode", fakePooler],
  ...binaries.map((path): [string, () => Promise<{ url: string }>] => [path, () => bouncer(path, "session")]),
];

test.each(SESSION_POOLERS)("through %s a whole sync runs, and the page says how it is connected", async (_name, start) => {
  const app = await serve((await start()).url);
  expect((await app.api<ConsoleInfo>("/console")).body.data.database.pooler).toBe("session_pooler");
  expect(await app.sync("2024-01-02", "2024-01-31")).toMatchObject({ status: "completed", success: 22, failed: 0 });
  expect(await app.ask("SELECT count(*)::int AS rows FROM daily_stock_data")).toEqual([{ rows: 22 * 50 }]);
});

test.each(binaries.flatMap((path) => [1, 2, 5, 20].map((size) => [path, size] as const)))(
  "%s in transaction mode is found out, with %i servers",
  async (path, size) => {
    const { url } = await bouncer(path, "transaction", `default_pool_size = ${size}\nmin_pool_size = ${size}`);
    for (let time = 1; time <= 5; time += 1) expect(await probe(url)).toBe("transaction");
  },
);

test.each(binaries)(
  "%s is found out where it goes round among its servers, and where it lends by the statement",
  async (path) => {
    const round = await bouncer(path, "transaction", "server_round_robin = 1\nmin_pool_size = 4");
    await sleep(500);
    for (let time = 1; time <= 5; time += 1) expect(await probe(round.url)).toBe("transaction");
    const statement = await bouncer(path, "statement");
    expect(await probe(statement.url)).toBe("transaction");
  },
);

test.each(binaries)("through %s a thief ends the connections of a holder that is gone, by their name", async (path) => {
  const { url } = await bouncer(path, "session", "default_pool_size = 60");
  const line = await startPostgresProxy(url);
  closing.push(() => line.close());
  const first = await serve(line.url, { SAMPLE_SYMBOLS: "4000" });
  const second = await serve(url, { SAMPLE_SYMBOLS: "4000" });
  const silent = line.silenceMidCopy("everything");
  const taskId = await first.start("2024-01-02", "2024-01-05");
  await silent;
  expect(await second.settle(taskId)).toMatchObject({ status: "completed", success: 4, failed: 0 });
  const said = second.log.lines.find((entry) => entry.message === "connections of the previous holder ended");
  expect(said?.fields).toEqual({ epoch: expect.any(Number), ended: expect.any(Number) });
  line.restore();
});

test.each(binaries)(
  "through %s a client without a name inherits none: a server given back is no worker any more",
  async (path) => {
    const { url } = await bouncer(path, "session", "default_pool_size = 30");
    const app = await serve(url);
    await app.sync("2024-01-02", "2024-01-05");
    await sleep(200);
    const names = await app.ask("SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()");
    expect(names).toEqual([{ application_name: expect.not.stringMatching(/^dayfill:work/) }]);
  },
);
