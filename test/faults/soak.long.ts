import fc from "fast-check";
import { readFileSync } from "node:fs";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askOf } from "@/test/support/ask";
import { broken, unfinished, watchInvariants } from "@/test/support/invariants";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { INSPECTABLE, openInspector } from "./inspector";
import { aMisfortune, befall } from "./misfortunes";
import { type Machine, startMachine } from "./stand";

/** Of one soak, and how often everything is mended and looked at in it. */
const MINUTES = Number(process.env["SOAK_MINUTES"] ?? 10);
const SEED = Number(process.env["SOAK_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const STRETCH_MS = 60_000;
const SYMBOLS = 800;
const TTL_MS = 5_000;
/** I4: what is alive by then goes on, or was ended; what waits in the queue may take longer, one after the other. */
const QUIET_WITHIN_MS = 30_000;
/** A server that has seen this much may hold more than a fresh one, but not more and more. */
const HEAP_GROWTH_BYTES = 64 * 1024 * 1024;

let database: FreshDatabase;
let client: Client;
const machines: Machine[] = [];
const ask = (sql: string) => askOf(client)(sql);

beforeAll(async () => {
  database = await freshDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  const env = { ...INSPECTABLE, SAMPLE_SYMBOLS: String(SYMBOLS), SAMPLE_DAY_MS: "80", LEASE_TTL_MS: String(TTL_MS) };
  for (let count = 0; count < 3; count += 1) machines.push(await startMachine({ databaseUrl: database.url, env }));
  await watchInvariants(ask);
});

afterAll(async () => {
  await Promise.all(machines.map((machine) => machine.close()));
  await client.end();
  await database.drop();
});

/** Nothing runs, nothing waits. What waits longer than one may wait is taken out by hand first: only its holder matters here. */
async function untilQuiet(): Promise<void> {
  for (const { task_id } of await ask(
    "SELECT task_id FROM sync_task WHERE status IN ('queued', 'paused') ORDER BY ordinal OFFSET 2",
  ))
    await machines[0]?.call(`/sync/batch/${String(task_id)}/cancel`, undefined, "POST");
  const until = performance.now() + QUIET_WITHIN_MS;
  for (;;) {
    const open = await unfinished(ask);
    if (open.length === 0) return;
    if (performance.now() > until) throw new Error(`stuck: ${JSON.stringify(open)}\n${machines.map(lastWords).join("\n---\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const lastWords = (machine: Machine) => machine.lives.at(-1)?.output().split("\n").slice(-12).join("\n");

async function expectAllWell(): Promise<void> {
  expect(await broken(ask, SYMBOLS)).toEqual({});
  for (const machine of machines) {
    const printed = machine.lives.map((life) => life.output()).join("");
    expect(printed).not.toMatch(/uncaught|unhandled|"level":"error"/i);
    expect(machine.deaths()).toEqual([]);
  }
}

const sizeOf = (pid: number) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;

test(`a soak of ${MINUTES} minutes over three instances: kills, stops, standstills, dead lines and cancels leave nothing half, double, stuck or open`, {
  timeout: (MINUTES + 8) * 60_000,
}, async () => {
  console.info(`soak, SOAK_SEED=${SEED}, SOAK_MINUTES=${MINUTES}`);
  const fates = fc.sample(fc.infiniteStream(aMisfortune(TTL_MS)), { seed: SEED, numRuns: 1 })[0] as Iterator<never>;
  const until = performance.now() + MINUTES * 60_000;
  const counts: Record<string, number> = {};
  while (performance.now() < until) {
    const lasting: Promise<unknown>[] = [];
    const stretch = Math.min(until, performance.now() + STRETCH_MS);
    while (performance.now() < stretch) {
      const fate = fates.next().value as Parameters<typeof befall>[0];
      counts[fate.do] = (counts[fate.do] ?? 0) + 1;
      lasting.push((await befall(fate, machines, ask)).lasting);
    }
    await Promise.all(lasting);
    await untilQuiet();
    await expectAllWell();
    const [done] = await ask(
      "SELECT count(*)::int AS tasks, sum(takeovers)::int AS takeovers, (SELECT count(*)::int FROM test_commits) AS days FROM sync_task",
    );
    console.info(
      "soak",
      JSON.stringify({ ...done, ...counts, rss_mb: machines.map((machine) => Math.round(sizeOf(machine.process().pid))) }),
    );
  }

  // I6: memory comes back to what a server needs that has just been started and has done its first task.
  const used = await Promise.all(machines.map((machine) => heapOf(machine)));
  const [oldest] = machines as [Machine];
  await oldest.stop();
  await oldest.start();
  const fresh = await heapOf(oldest);
  for (const heap of used) expect(heap - fresh).toBeLessThan(HEAP_GROWTH_BYTES);
});

async function heapOf(machine: Machine): Promise<number> {
  const inspector = await openInspector(machine.process());
  try {
    return await inspector.heapUsed();
  } finally {
    inspector.close();
  }
}
