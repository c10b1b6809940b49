import { afterAll, beforeAll, expect, test } from "vitest";
import { openForeignTable } from "@/server/db/foreign-table";
import { identityOf } from "@/server/db/table-identity";
import { openPool } from "@/server/db/connect";
import type { SourceError } from "@/server/sync/errors";
import { createFakeLog } from "../../support/fakes";
import { anotherCount, startForeignLine } from "../../support/foreign-line";
import { startPostgresProxy } from "../../support/postgres-proxy";
import { FILE_DAY, refusalOf, unwatched } from "../harness";
import { sentencesOf } from "../sentences";
import { type ForeignWorld, openForeignWorld } from "../postgres-world";

let world: ForeignWorld;
beforeAll(async () => {
  world = await openForeignWorld();
  await world.ask(`CREATE TABLE bars (code text, date date, close numeric);
    INSERT INTO bars VALUES ('A', '${FILE_DAY}', 1);
    CREATE VIEW slow AS SELECT code, date, close FROM bars, pg_sleep(600);
    CREATE VIEW endless AS SELECT repeat('x', 1000) || n AS code, DATE '${FILE_DAY}' AS date, 1 AS close FROM (SELECT generate_series(1, 1000000000) AS n) s;
    CREATE VIEW nodate AS SELECT code, close FROM bars; CREATE VIEW baddate AS SELECT code, true AS date, close FROM bars`);
});
afterAll(() => world.close());

const backends = () =>
  world.ask(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'dayfill:source' AND datname = current_database() AND state = 'active'",
  );
const sameUrlWith = (change: (url: URL) => void) => {
  const url = new URL(world.url);
  change(url);
  return url.href;
};

async function untilBusy(): Promise<Record<string, unknown>[]> {
  for (;;) {
    const found = await backends();
    if (found.length > 0) return found;
  }
}

test.each([
  ["a table that is not there", "no.such", null, "POSTGRES_SOURCE_TABLE", /no table no\.such/],
  [
    "a column that is not there",
    "bars",
    "stock_code=code,trade_date=date,close_price=last",
    "POSTGRES_SOURCE_COLUMNS",
    /close_price=last/,
  ],
  ["no column for the day", "nodate", null, "POSTGRES_SOURCE_COLUMNS", /no column for trade_date; the table has code, close/],
  ["a day of a type that is none", "baddate", null, "POSTGRES_SOURCE_COLUMNS", /date is boolean/],
])("%s is a fault of the configuration, in words", async (_, table, columns, variable, words) => {
  const refusal = await refusalOf(world.source(table, columns), FILE_DAY);
  expect(refusal).toMatchObject({ refusal: "plan", kind: "misconfigured", variable, detail: expect.stringMatching(words) });
  for (const sentence of sentencesOf(refusal)) expect(sentence).toContain(variable);
});

test("a role without the right, an unknown role and an unknown database are told apart", async () => {
  const role = `nobody_${process.pid}`;
  await world.ask(`CREATE ROLE ${role} LOGIN PASSWORD 'hunter2'`);
  try {
    const asNobody = sameUrlWith((url) => {
      url.username = role;
      url.password = "hunter2";
    });
    const unknown = sameUrlWith((url) => {
      url.username = "no_such_role";
      url.password = "hunter2";
    });
    const nowhere = sameUrlWith((url) => {
      url.pathname = "/no_such_database";
    });
    const refusals = [asNobody, unknown, nowhere].map((url) => refusalOf(world.source("bars", null, { url }), FILE_DAY));
    const [plan, auth, database] = await Promise.all(refusals);
    expect(plan).toMatchObject({ refusal: "plan", kind: "table_right", detail: "permission denied for table bars (42501)" });
    expect(auth).toMatchObject({ refusal: "auth", kind: "auth", variable: "POSTGRES_SOURCE_URL" });
    expect(database).toMatchObject({ kind: "misconfigured", variable: "POSTGRES_SOURCE_URL" });
    expect(JSON.stringify([plan, auth, database])).not.toContain("hunter2");
  } finally {
    await world.ask(`DROP ROLE ${role}`);
  }
});

test("a server that is not there is unreachable, and worth another attempt", async () => {
  const url = sameUrlWith((one) => {
    one.searchParams.delete("host");
    one.host = "127.0.0.1:1";
  });
  const error = await world
    .source("bars", null, { url })
    .fetchDay(FILE_DAY, unwatched)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ refusal: "broken", retry: true, params: { kind: "unreachable" } });
});

test("a question that takes too long ends at the statement timeout", async () => {
  const refusal = await refusalOf(world.source("slow", null, { statementTimeoutMs: 1_000 }), FILE_DAY);
  expect(refusal).toMatchObject({ refusal: "broken", kind: "slow_query", seconds: 1 });
});

test("a day beyond the cap is refused, and the server is not left working for it", async () => {
  const refusal = await refusalOf(world.source("endless", null, { maxDayBytes: 3 * 1024 * 1024 }), FILE_DAY);
  expect(refusal).toMatchObject({ kind: "too_large", limit: "3 MiB" });
  while ((await backends()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

test.each(["slow", "endless"])("an abort while %s rejects at once with its reason, and the backend goes", async (table) => {
  const reason = new Error("cancelled");
  const abort = new AbortController();
  const patient = world.source(table, null, { statementTimeoutMs: 600_000 });
  const fetched = patient.fetchDay(FILE_DAY, { ...unwatched, signal: abort.signal });
  const failed = expect(fetched).rejects.toBe(reason);
  await untilBusy();
  const begun = performance.now();
  abort.abort(reason);
  await failed;
  // At once; the rest is for a busy machine. The question itself would take ten minutes.
  expect(performance.now() - begun).toBeLessThan(2_000 + 10_000);
  while ((await backends()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

test("a backend that is ended in the middle of a COPY breaks the attempt, and the next one is whole", async () => {
  const foreign = openForeignTable({
    url: world.url,
    table: "endless",
    zone: "Asia/Shanghai",
    statementTimeoutMs: 20_000,
    target: async () => null,
    log: createFakeLog(),
  });
  try {
    const choose = () => ({ columns: ["code", "close"], dayColumn: "date" });
    const reading = foreign.readDay(FILE_DAY, choose, { signal: unwatched.signal, onRows: () => {} });
    const failed = reading.catch((error: unknown) => error as SourceError);
    const [backend] = await untilBusy();
    await world.ask(`SELECT pg_terminate_backend(${Number(backend?.["pid"])})`);
    expect(await failed).toMatchObject({ refusal: "broken", retry: true, params: { kind: "unreachable" } });
    expect(await world.source("bars").fetchDay(FILE_DAY, unwatched)).toMatchObject({ kind: "rows" });
  } finally {
    await foreign.close();
  }
});

test("a line that is cut in the middle breaks the attempt without a hang", async () => {
  const proxy = await startPostgresProxy(world.url);
  try {
    const failed = refusalOf(world.source("endless", null, { url: proxy.url }), FILE_DAY);
    await untilBusy();
    proxy.cut();
    expect(await failed).toMatchObject({ refusal: "broken", kind: "unreachable" });
  } finally {
    await proxy.close();
  }
});

test("a count of the server that is not that of the rows breaks the attempt: nothing is taken for the whole day", async () => {
  const line = await startForeignLine(world.url);
  try {
    line.meddle(anotherCount);
    const error = await world
      .source("bars", null, { url: line.url })
      .fetchDay(FILE_DAY, unwatched)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      refusal: "broken",
      retry: true,
      params: { kind: "protocol", detail: "COPY sent 1 of 2 rows" },
    });
    line.heal();
    const whole = await world.source("bars", null, { url: line.url }).fetchDay(FILE_DAY, unwatched);
    expect(whole).toMatchObject({ kind: "rows", rows: { length: 1 } });
  } finally {
    await line.close();
  }
});

test("the table that is filled is no source, under whatever address", async () => {
  const proxy = await startPostgresProxy(world.url);
  const pool = openPool({
    connection: { connectionString: world.url },
    applicationName: "test",
    max: 1,
    statementTimeoutMs: null,
    log: createFakeLog(),
  });
  try {
    const target = () => identityOf(pool, "bars");
    const refusal = await refusalOf(world.source("public.bars", null, { url: proxy.url, target }), FILE_DAY);
    expect(refusal).toMatchObject({
      kind: "misconfigured",
      variable: "POSTGRES_SOURCE_TABLE",
      detail: expect.stringContaining("very table"),
    });
    await world.ask(`CREATE TABLE bars_too AS TABLE bars`);
    expect(await world.source("bars_too", null, { target }).fetchDay(FILE_DAY, unwatched)).toMatchObject({ kind: "rows" });
  } finally {
    await pool.end();
    await proxy.close();
  }
});
