import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freeTaskId } from "@/server/db/new-task";
import { createReads } from "@/server/db/reads";
import type { Reads, TaskFilter } from "@/server/sync/asked/reads";
import { type Bench, openBench } from "../db/fixture";
import { EVERY_TASK, fillHistory } from "../support/history-rows";

/** Small enough for a test, large enough that reading all of it is no plan that PostgreSQL would choose for a page. */
const TASKS = 20_000;
const DAY_ROWS = 200_000;
/** A step of a plan may look at as many rows as the longest task has days; to count ends before that. */
const MAX_ROWS = 13_000;
/** Pages of 8 kB that an answer may touch; the two tables together have many times as many. */
const MAX_BLOCKS = 900;

let bench: Bench;
let longest: string;
beforeAll(async () => {
  bench = await openBench();
  longest = (await fillHistory(bench.url, { tasks: TASKS, dayRows: DAY_ROWS })).longest;
  // An instance that is here: its looks do not join anew.
  await createReads(bench.pool).snapshot(instance, 0);
});
afterAll(() => bench.close());

interface Node {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: Node[];
}

interface Looked {
  /** Tables of which a step looked at more than `MAX_ROWS` rows. */
  muchRead: string[];
  /** Tables that were walked row by row, without an index. */
  walked: string[];
  blocks: number;
}

/** Asks through the reads of the house and has PostgreSQL explain every statement they sent. */
async function look(ask: (reads: Reads, pool: pg.Pool) => Promise<unknown>): Promise<Looked> {
  const sent: pg.QueryConfig[] = [];
  const spy = {
    query: (question: string | pg.QueryConfig, values?: unknown[]) => {
      const config = typeof question === "string" ? { text: question, values: values ?? [] } : question;
      sent.push(config);
      return bench.pool.query(config);
    },
  };
  const pool = spy as unknown as pg.Pool;
  await ask(createReads(pool), pool);
  const looked: Looked = { muchRead: [], walked: [], blocks: 0 };
  for (const { text, values } of sent.filter((config) => config.text.trimStart().match(/^\(?(SELECT|WITH)/))) {
    const { rows } = await bench.pool.query<{ "QUERY PLAN": { Plan: Node }[] }>({
      text: `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values: values ?? [],
    });
    const plan = rows[0]?.["QUERY PLAN"][0]?.Plan as Node;
    looked.blocks += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
    for (const node of nodesOf(plan)) {
      const table = node["Relation Name"];
      if (!table) continue;
      if (node["Node Type"] === "Seq Scan") looked.walked.push(table);
      if (node["Actual Rows"] * node["Actual Loops"] + (node["Rows Removed by Filter"] ?? 0) > MAX_ROWS)
        looked.muchRead.push(table);
    }
  }
  return looked;
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const tasks = (filter: Partial<TaskFilter>) => (reads: Reads) => reads.tasks({ ...EVERY_TASK, ...filter });

const instance = { id: "00000000-0000-4000-8000-000000000001", name: "a", address: "", version: "1", fingerprint: "x" };

const PAGES: [string, (reads: Reads, pool: pg.Pool) => Promise<unknown>][] = [
  ["the first page", tasks({})],
  ["a page near the oldest", tasks({ cursor: 300 })],
  ["a common status", tasks({ status: "completed" })],
  ["a rare status", tasks({ status: "cancelled" })],
  ["a status that no task has", tasks({ status: "interrupted" })],
  ["a rare type", tasks({ type: "verify" })],
  ["failed days", tasks({ failedDays: true, limit: 100 })],
  ["an old week", tasks({ from: "2001-03-05", to: "2001-03-11" })],
  ["several filters together", tasks({ status: "cancelled", type: "verify", from: "2001-01-01", to: "2001-12-31" })],
  ["one task of 13,000 days", (reads) => reads.task(longest)],
  ["its activity", (reads) => reads.activity(longest)],
  ["its days", (reads) => reads.taskDays(longest, { status: null, after: "2010-01-01", limit: 500 })],
  ["its failed days", (reads) => reads.taskDays(longest, { status: "failed", after: null, limit: 500 })],
  ["a page of its receipt", (reads) => reads.receiptDays(longest, "2010-01-01", 1_000)],
  ["its days to retry", (reads) => reads.daysToRetry(longest, "unfinished")],
  [
    "the id of a new task",
    (_reads, pool) => freeTaskId(pool as unknown as pg.PoolClient, { start_date: "2024-01-02", end_date: "2024-01-05" }),
  ],
  ["days under way", (reads) => reads.workUnderWay()],
  ["the pace of a source that never ran", (reads) => reads.recentRuns("tushare", "sync")],
  ["the snapshot", (reads) => reads.snapshot(instance, 0)],
];

test.each(PAGES)("%s: a bounded number of rows, in few blocks of the database", async (_name, ask) => {
  const { muchRead, walked, blocks } = await look(ask);
  expect(muchRead).toEqual([]);
  expect(walked).not.toContain("sync_task_day");
  expect(blocks).toBeLessThan(MAX_BLOCKS);
});

test("the tables are many times larger than what a page may touch", async () => {
  const [size] = await bench.ask<{ blocks: string }>(
    "SELECT (pg_relation_size('sync_task') + pg_relation_size('sync_task_day')) / 8192 AS blocks",
  );
  expect(Number(size?.blocks)).toBeGreaterThan(4 * MAX_BLOCKS);
});

test("matching tasks are counted exactly up to a bound, and said to be more beyond it", async () => {
  const reads = createReads(bench.pool);
  expect(await reads.tasks({ ...EVERY_TASK, limit: 1 })).toMatchObject({ total: 10_000, total_is_capped: true });
  expect(await reads.tasks({ ...EVERY_TASK, limit: 1, status: "cancelled" })).toMatchObject({ total: 4, total_is_capped: false });
});
