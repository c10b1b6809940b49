import type pg from "pg";
import { openPool } from "@/server/db/connect";
import { migrate } from "@/server/db/migrate";
import { createReads } from "@/server/db/reads";
import type { TaskFilter } from "@/server/sync/asked/reads";
import { startTestPostgres } from "@/test/support/test-postgres";
import { EVERY_TASK, fillHistory } from "@/test/support/history-rows";

/** The history of a console that was busy for a lifetime; every page of it stays below `LIMIT_MS`. */
const TASKS = 100_000;
const DAY_ROWS = 5_000_000;
const LIMIT_MS = 100;
const ROUNDS = 11;

const log = { info: () => {}, warn: console.warn, error: console.error };

async function main(): Promise<void> {
  const postgres = await startTestPostgres();
  const pool = openPool({
    connection: { connectionString: postgres.url },
    applicationName: "bench",
    max: 8,
    statementTimeoutMs: null,
    log,
  });
  try {
    await migrate(pool, log);
    const begun = performance.now();
    const { longest } = await fillHistory(postgres.url, { tasks: TASKS, dayRows: DAY_ROWS });
    console.log(`${TASKS} tasks and ${DAY_ROWS} day rows written in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    await measureAll(createReads(pool), longest, await ordinalsOf(pool));
  } finally {
    await pool.end();
    await postgres.stop();
  }
}

async function ordinalsOf(pool: pg.Pool): Promise<{ middle: number; early: number }> {
  const { rows } = await pool.query<{ last: string }>("SELECT max(ordinal) AS last FROM sync_task");
  const last = Number(rows[0]?.last);
  return { middle: last >> 1, early: last >> 6 };
}

async function measureAll(
  reads: ReturnType<typeof createReads>,
  longest: string,
  cursors: { middle: number; early: number },
): Promise<void> {
  const tasks = (filter: Partial<TaskFilter>) => () => reads.tasks({ ...EVERY_TASK, ...filter });
  const days = (page: Partial<Parameters<typeof reads.taskDays>[1]>) => () =>
    reads.taskDays(longest, { status: null, after: null, limit: 500, ...page });
  const instance = { id: "00000000-0000-4000-8000-000000000001", name: "a:1", address: "", version: "1", fingerprint: "x" };
  const questions: [string, () => Promise<unknown>][] = [
    ["tasks, first page", tasks({})],
    ["tasks, first page of 200", tasks({ limit: 200 })],
    ["tasks, from the middle", tasks({ cursor: cursors.middle })],
    ["tasks, near the oldest", tasks({ cursor: cursors.early })],
    ["tasks completed", tasks({ status: "completed" })],
    ["tasks cancelled (rare)", tasks({ status: "cancelled" })],
    ["tasks interrupted (none)", tasks({ status: "interrupted" })],
    ["tasks with failed days", tasks({ failedDays: true })],
    ["tasks with failed days, page of 200, old", tasks({ failedDays: true, limit: 200, cursor: cursors.middle })],
    ["tasks of type verify (rare)", tasks({ type: "verify" })],
    ["tasks cancelled of type verify", tasks({ status: "cancelled", type: "verify" })],
    ["tasks of one old week", tasks({ from: "2001-03-05", to: "2001-03-11" })],
    ["tasks of one old year, with failed days", tasks({ from: "2001-01-01", to: "2001-12-31", failedDays: true })],
    ["tasks up to an old day", tasks({ to: "2001-03-11" })],
    ["one task of 13,000 days", () => reads.task(longest)],
    ["its activity", () => reads.activity(longest)],
    ["its days, first page", days({})],
    ["its days, a page in the middle", days({ after: "2017-10-18" })],
    ["its failed days", days({ status: "failed" })],
    ["its syncing day (none)", days({ status: "syncing" })],
    ["its days, all 13,000 at once", days({ limit: 13_000 })],
    ["a receipt's page of 1,000", () => reads.receiptDays(longest, "2017-10-18", 1_000)],
    ["days to retry", () => reads.daysToRetry(longest, "unfinished")],
    ["snapshot", () => reads.snapshot(instance, 1)],
    ["open days", () => reads.workUnderWay()],
    ["pace of this source", () => reads.recentRuns("files", "sync")],
    ["pace of a source that never ran", () => reads.recentRuns("tushare", "sync")],
  ];
  let slow = 0;
  console.log(`\n${"question".padEnd(44)} median ms  slowest ms`);
  for (const [name, ask] of questions) {
    const times = await measure(ask);
    const [median, slowest] = [times[ROUNDS >> 1] ?? 0, times.at(-1) ?? 0];
    if (median > LIMIT_MS) slow += 1;
    console.log(`${name.padEnd(44)} ${median.toFixed(1).padStart(9)} ${slowest.toFixed(1).padStart(11)}`);
  }
  console.log(slow === 0 ? `\nall below ${LIMIT_MS} ms` : `\n${slow} above ${LIMIT_MS} ms`);
  if (slow > 0) process.exitCode = 1;
}

/** Sorted times of warm rounds. */
async function measure(ask: () => Promise<unknown>): Promise<number[]> {
  await ask();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    await ask();
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b);
}

await main();
