import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bootDatabase } from "@/server/db/boot";
import { openPool } from "@/server/db/connect";
import { probePooler, TransactionPoolerError } from "@/server/db/pooler-probe";
import { DatabaseAwayError } from "@/server/sync/errors";
import { startFakePooler } from "../support/fake-pooler";
import { createFakeLog } from "../support/fakes";
import { type FreshDatabase, freshDatabase } from "../support/postgres";
import { startPostgresProxy } from "../support/postgres-proxy";

let database: FreshDatabase;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => database.drop());

async function pooler(...options: Parameters<typeof startFakePooler> extends [string, ...infer Rest] ? Rest : never) {
  const started = await startFakePooler(database.url, ...options);
  closing.push(() => started.close());
  return started;
}
const probe = (url: string) => probePooler({ connectionString: url });

test("without anything in between, and through a plain proxy, the connection is direct", async () => {
  const proxy = await startPostgresProxy(database.url);
  closing.push(() => proxy.close());
  expect(await probe(database.url)).toEqual({ pooler: "direct", evidence: null });
  expect(await probe(proxy.url)).toEqual({ pooler: "direct", evidence: null });
});

test.each([3, 4, 20])("a pooler in session mode with %i servers is told by its cancel keys, and welcome", async (size) => {
  const { url } = await pooler({ mode: "session", size });
  expect(await probe(url)).toEqual({ pooler: "session", evidence: null });
});

const KINDS = (["last", "longest", "same"] as const).flatMap((which) => [1, 2, 3, 10].map((size) => [which, size] as const));

test.each(KINDS)("a pooler in transaction mode is found out every time: it lends %s, of %i servers", async (which, size) => {
  const { url } = await pooler({ mode: "transaction", which, size });
  for (let time = 1; time <= 3; time += 1) expect((await probe(url)).pooler).toBe("transaction");
});

test("warm pools are found out too: other clients have used every server before, and still do", async () => {
  const { url } = await pooler({ mode: "transaction", size: 4 });
  const pool = openPool({
    connection: { connectionString: url },
    applicationName: "stranger",
    max: 4,
    statementTimeoutMs: null,
    log: createFakeLog(),
  });
  closing.push(() => pool.end());
  const stop = new AbortController();
  const asking = async () => {
    while (!stop.signal.aborted) await pool.query("SELECT pg_sleep(0.001)");
  };
  const others = [asking(), asking(), asking()];
  for (let time = 1; time <= 5; time += 1) expect((await probe(url)).pooler).toBe("transaction");
  stop.abort();
  await Promise.all(others);
});

test("what was found is said in numbers, why it cannot be, and what to do; the password is not", async () => {
  const { url } = await pooler({ mode: "transaction" });
  const secret = new URL(url);
  secret.password = "hunter2";
  const booting = bootDatabase({ connectionString: secret.href }, createFakeLog(), new AbortController().signal);
  const refusal = await booting.catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(TransactionPoolerError);
  const { message } = refusal as Error;
  expect(message).toMatch(/two connections were answered by one backend \(\d+\)/);
  expect(message).toContain("COPY, LISTEN and the lease");
  expect(message).toContain("port 5432 instead of 6543");
  expect(message).not.toContain("hunter2");
});

test("the probe leaves nothing behind: no transaction, no connection, and every server goes back", async () => {
  for (const which of ["last", "same"] as const) {
    const { url, resting } = await pooler({ mode: "transaction", size: 2, which });
    await probe(url);
    await expect.poll(resting).toBe(2);
    const pool = openPool({
      connection: { connectionString: database.url },
      applicationName: "test",
      max: 1,
      statementTimeoutMs: null,
      log: createFakeLog(),
    });
    const left = await pool.query(
      "SELECT application_name, state FROM pg_stat_activity WHERE datname = current_database() AND (application_name LIKE 'dayfill:probe%' OR state LIKE '%transaction%')",
    );
    expect(left.rows).toEqual([]);
    await pool.end();
  }
});

test("a pooler that is full is no verdict but a wait, and says what is missing", async () => {
  const { url } = await pooler({ mode: "session", size: 1 });
  const refusal = await probe(url).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DatabaseAwayError);
  expect((refusal as Error).message).toMatch(/connection 2 of 3 got no answer .*needs room for all connections of Dayfill/);
});

test("a silent line ends the probe in time, as a database that is away", async () => {
  const proxy = await startPostgresProxy(database.url);
  closing.push(() => proxy.close());
  proxy.blackhole();
  await expect(probe(proxy.url)).rejects.toBeInstanceOf(DatabaseAwayError);
});
