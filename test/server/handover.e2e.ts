import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Progress } from "@/lib/contract/task";
import { call, untilEnded } from "@/test/support/api-client";
import { askOf } from "@/test/support/ask";
import { holdDay } from "@/test/support/held-day";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { type ServerProcess, startServer } from "@/test/support/server";

const SYMBOLS = 500;
const RANGE = { start_date: "2024-03-01", end_date: "2024-05-31" };
/** XSHG sessions of that range. */
const SESSIONS = 61;

let database: FreshDatabase;
let client: pg.Client;
let servers: ServerProcess[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.end()));
  servers = [];
  await client.end();
  await database.drop();
});

/** Half a minute for the range: whatever is done to the one that runs it comes in the middle, also on a busy machine. */
const UNHURRIED = { SAMPLE_DAY_MS: "500" };
/** The promises are times; this much is for a machine that does other things meanwhile. The figures are printed. */
const SLACK_MS = 10_000;
/** Far more than anything takes that has no time of its own. */
const PATIENCE = { timeout: 90_000, interval: 50 };

/** A server as it is configured by itself, the lease included, but for what a test says. */
async function serve(
  extra: Record<string, string> = {},
  options: Parameters<typeof startServer>[1] = {},
): Promise<ServerProcess> {
  const environment = { DATABASE_URL: database.url, SAMPLE_SYMBOLS: String(SYMBOLS), SAMPLE_DAY_MS: "50", ...extra };
  const server = await startServer(environment, options);
  servers.push(server);
  return server;
}

/** Starts the range and waits until days are stored. */
async function atWork(server: ServerProcess): Promise<string> {
  const reply = await call(server.url, "/sync/batch", RANGE);
  expect(reply.status).toBe(202);
  const taskId = reply.body.data.task_id as string;
  for (;;) {
    const { body } = await call(server.url, `/sync/batch/progress/${taskId}`);
    if ((body.data as Progress).success >= 3) return taskId;
    await sleep(20);
  }
}

/** Waits until the task runs under a later epoch than now; answers the milliseconds since `sinceMs`. */
async function untilTakenOver(epoch: string, sinceMs: number): Promise<number> {
  for (;;) {
    const { rows } = await client.query("SELECT status, epoch FROM sync_task");
    if (rows[0].status === "running" && rows[0].epoch !== epoch) return Math.round(performance.now() - sinceMs);
    await sleep(10);
  }
}
const epochNow = async () => (await client.query("SELECT epoch FROM sync_task")).rows[0].epoch as string;

async function eachDayIsWhole(): Promise<void> {
  const { rows } = await client.query(
    "SELECT d.date FROM sync_day d WHERE rows <> $1 OR rows <> (SELECT count(*) FROM daily_stock_data s WHERE s.trade_date = d.date)",
    [SYMBOLS],
  );
  expect(rows).toEqual([]);
}

test("after SIGTERM of the holder another instance runs its task within three seconds", async () => {
  // A lease that ran out instead of being given back would take a minute.
  const long = { LEASE_TTL_MS: "60000" };
  const [first, second] = [await serve({ ...UNHURRIED, ...long }), await serve(long)];
  const taskId = await atWork(first);
  const epoch = await epochNow();
  const sinceMs = performance.now();
  first.signal("SIGTERM");
  const tookMs = await untilTakenOver(epoch, sinceMs);
  console.info(`clean hand-over: ${tookMs} ms from the signal`);
  expect(tookMs).toBeLessThanOrEqual(3_000 + SLACK_MS);
  expect(await first.gone).toBe(0);
  expect(await untilEnded(second.url, taskId)).toMatchObject({ status: "completed", success: SESSIONS });
  await eachDayIsWhole();
});

test("after kill -9 of the holder another instance runs its task within 18 seconds, as configured by itself", async () => {
  const [first, second] = [await serve(UNHURRIED), await serve()];
  const taskId = await atWork(first);
  const epoch = await epochNow();
  const sinceMs = performance.now();
  first.signal("SIGKILL");
  const tookMs = await untilTakenOver(epoch, sinceMs);
  console.info(`takeover after a crash: ${tookMs} ms`);
  expect(tookMs).toBeLessThanOrEqual(18_000 + SLACK_MS);
  expect(await untilEnded(second.url, taskId)).toMatchObject({ status: "completed", success: SESSIONS });
  await eachDayIsWhole();
  const seen = "SELECT name FROM sync_instance WHERE seen_at > clock_timestamp() - interval '15 seconds'";
  await expect.poll(async () => (await client.query(seen)).rowCount, PATIENCE).toBe(1);
});

test("a process that stands still past its lease stores nothing more, lives on and takes part again", async () => {
  const [first, second] = [await serve(UNHURRIED), await serve()];
  const taskId = await atWork(first);
  const epoch = await epochNow();
  first.signal("SIGSTOP");
  await untilTakenOver(epoch, 0);
  const taken = (await client.query<{ at: string }>("SELECT clock_timestamp()::text AS at")).rows[0]?.at;
  first.signal("SIGCONT");
  await expect.poll(first.output, PATIENCE).toContain("lease lost, nothing more is written");
  expect(await untilEnded(second.url, taskId)).toMatchObject({ status: "completed", success: SESSIONS });
  await eachDayIsWhole();
  const late = "SELECT date FROM sync_day WHERE epoch = $1 AND finished_at > $2";
  expect((await client.query(late, [epoch, taken])).rows).toEqual([]);
  const again = await call(first.url, "/sync/batch", { start_date: "2024-06-03", end_date: "2024-06-03" });
  expect(again.status).toBe(202);
  expect(await untilEnded(first.url, again.body.data.task_id)).toMatchObject({ status: "completed", success: 1 });
});

test("the first signal waits for a day that hangs, the second one exits at once", async () => {
  const server = await serve();
  // It hangs until it is let go; a lock would be waited for no longer than ten seconds.
  const letGo = await holdDay(askOf(client), "2024-03-08");
  await atWork(server);
  const hangs = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
  await expect.poll(async () => (await client.query(hangs)).rowCount, PATIENCE).toBeGreaterThan(0);
  server.signal("SIGTERM");
  await expect.poll(server.output, PATIENCE).toContain("stopping");
  // It is at it: a day that hangs is given ten seconds.
  await sleep(1_000);
  expect(await Promise.race([server.gone, sleep(0, "still there")])).toBe("still there");
  const sinceMs = performance.now();
  server.signal("SIGTERM");
  expect(await server.gone).toBe(1);
  const tookMs = Math.round(performance.now() - sinceMs);
  console.info(`second signal: gone after ${tookMs} ms`);
  // Without the second signal the day would be given up, and the code be 0.
  expect(tookMs).toBeLessThan(3_000 + SLACK_MS);
  await letGo();
  await eachDayIsWhole();
});

test("Ctrl-C in a terminal is a clean stop as well: the day is whole, the lease free, the instance off the list", async () => {
  const server = await serve(UNHURRIED, { ownGroup: true });
  await atWork(server);
  server.signal("SIGINT", { toGroup: true });
  expect(await server.gone).toBe(0);
  expect((await client.query("SELECT t.status, l.holder FROM sync_task t, sync_lease l")).rows).toEqual([
    { status: "interrupted", holder: null },
  ]);
  expect((await client.query("SELECT 1 FROM sync_instance")).rows).toEqual([]);
  await eachDayIsWhole();
});

test("another configuration on the same database refuses to start beside a living instance, and says who, what and what to do", async () => {
  const first = await serve();
  const refusal = await serve({ CALENDAR: "XNYS" }).then(
    () => "it started",
    (error: Error) => error.message,
  );
  expect(refusal).toContain("exit code 1");
  expect(refusal).toMatch(
    /Dayfill does not start: another Dayfill with a different configuration uses this database: \S+:\d+ \(127\.0\.0\.1:\S+, up since /,
  );
  expect(refusal).toContain("CALENDAR (XNYS here, XSHG there)");
  expect(refusal).not.toContain("at async");
  expect((await client.query("SELECT fingerprint FROM sync_instance")).rows).toEqual([
    { fingerprint: "sample|XSHG|daily_stock_data" },
  ]);
  // A clean stop makes room at once.
  await first.end("SIGTERM");
  const second = await serve({ CALENDAR: "XNYS" });
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
  expect(second.output()).not.toContain("waiting for an instance");
});

test("of two configurations that start at the same moment one gets in; a killed one is waited for", async () => {
  // The schema first, so that both come to the question at once.
  await (await serve()).end();
  const calendars = ["XNYS", "XHKG"];
  const starts = await Promise.allSettled(calendars.map((CALENDAR) => serve({ CALENDAR })));
  expect(starts.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const winner = starts.find((start) => start.status === "fulfilled")?.value as ServerProcess;
  await winner.end("SIGKILL");
  const next = await serve({ LEASE_TTL_MS: "60000" }, { mayBeDegraded: true });
  await expect.poll(next.output, PATIENCE).toContain("waiting for an instance of another configuration to go");
  expect((await fetch(`${next.url}/readyz`)).status).toBe(503);
  await client.query("UPDATE sync_instance SET seen_at = seen_at - interval '1 minute'");
  await expect.poll(async () => (await fetch(`${next.url}/readyz`)).status, PATIENCE).toBe(200);
});
