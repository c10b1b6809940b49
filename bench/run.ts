import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { call, untilEnded } from "@/test/support/api-client";
import { startServer } from "@/test/support/server";
import { startTestPostgres } from "@/test/support/test-postgres";
import { marketFiles } from "./market-files";
import { createPsqlLoader } from "./psql-loader";

/** The yardstick: so many days of so many rows, from files into the table, by the button and by `psql`, in turn. */
const DAYS = 60;
const ROWS_A_DAY = 5_400;
const PAIRS = 5;

const run = promisify(execFile);

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "dayfill-bench-"));
  const postgres = await startTestPostgres();
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const days = await marketFiles(folder, DAYS, ROWS_A_DAY);
  const server = await startServer({
    DATABASE_URL: postgres.url,
    SOURCE: "files",
    FILES_URL: path.join(folder, "{yyyy-MM-dd}.csv"),
    LOG_LEVEL: "warn",
  });
  try {
    const button = () => pressButton(server.url, days[0] as string, days.at(-1) as string, client);
    const psql = await psqlVersion();
    console.log(
      `${DAYS} days × ${ROWS_A_DAY} rows from CSV files; button → completed, ${process.version}, ${await serverVersion(client)}`,
    );
    if (!psql) {
      console.log(
        "\n!!! There is no psql on PATH: nothing to compare with, only our own times follow. Install postgresql-client. !!!\n",
      );
      for (let pair = 0; pair <= PAIRS; pair += 1) console.log(`dayfill ${seconds(await button())}`);
      return;
    }
    console.log(`against ${psql}: begin; delete; \\copy; commit per day into a twin table of the same cluster`);
    await client.query("CREATE TABLE twin (LIKE daily_stock_data INCLUDING ALL)");
    const copy = await createPsqlLoader({ url: postgres.url, folder, days, table: "twin" });
    await compare(button, () => timed(copy, client, "TRUNCATE twin"), client);
  } finally {
    await client.end();
    await server.end();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** One pair to warm up, then five that count, each beginning with the other one. */
async function compare(button: () => Promise<number>, psql: () => Promise<number>, client: pg.Client): Promise<void> {
  const ratios: number[] = [];
  for (let pair = 0; pair <= PAIRS; pair += 1) {
    const [first, second] = pair % 2 ? [button, psql] : [psql, button];
    const times = [await first(), await second()] as const;
    const [ours, theirs] = pair % 2 ? times : [times[1], times[0]];
    const warmUp = pair === 0;
    if (!warmUp) ratios.push(ours / theirs);
    console.log(
      `${warmUp ? "warm-up" : `pair ${pair} `}  dayfill ${seconds(ours)}  psql ${seconds(theirs)}  ratio ${(ours / theirs).toFixed(2)}`,
    );
  }
  await sameRows(client);
  const median = [...ratios].sort((a, b) => a - b)[PAIRS >> 1] ?? Number.NaN;
  console.log(`median ratio ${median.toFixed(2)} (below 1 = faster than psql)`);
}

/** A fast load of other rows would be worth nothing. */
async function sameRows(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ differing: string }>(
    "SELECT count(*) AS differing FROM (TABLE daily_stock_data EXCEPT ALL TABLE twin UNION ALL (TABLE twin EXCEPT ALL TABLE daily_stock_data)) d",
  );
  if (rows[0]?.differing !== "0") throw new Error(`the two tables differ in ${rows[0]?.differing} rows`);
}

async function pressButton(url: string, from: string, to: string, client: pg.Client): Promise<number> {
  const press = async () => {
    const started = await call(url, "/sync/batch", { start_date: from, end_date: to });
    if (started.status !== 202) throw new Error(JSON.stringify(started.body));
    const ended = await untilEnded(url, started.body.data.task_id as string, { everyMs: 25, withinMs: 600_000 });
    if (ended.success !== DAYS || ended.rows !== DAYS * ROWS_A_DAY) throw new Error(JSON.stringify(ended));
  };
  return timed(press, client, "TRUNCATE daily_stock_data, sync_day");
}

/** Both begin with empty tables and a written-out cluster. */
async function timed(work: () => Promise<void>, client: pg.Client, clear: string): Promise<number> {
  await client.query(clear);
  await client.query("CHECKPOINT");
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

async function psqlVersion(): Promise<string | null> {
  return run("psql", ["--version"]).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}

async function serverVersion(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
  return `PostgreSQL ${rows[0]?.server_version}`;
}

await main();
