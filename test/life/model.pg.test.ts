import fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, startApp } from "../support/app";
import { fillDisk, makeDisk } from "../support/full-disk";
import { aDeed, type Deed, makeRoom, taskFor, tryCommand, tryRetry, tryStart } from "./deeds";
import { type Ask, auditOf, brokenRules, illegalSteps, readHistory, recordHistory, type Touch } from "./history";

/** How many deeds in all, in stretches that each end in quiet. */
const STRETCHES = 5;
const DEEDS_EACH = 200;
const SYMBOLS = 4;
const env = { SAMPLE_SYMBOLS: String(SYMBOLS), SAMPLE_DAY_MS: "20", LEASE_TTL_MS: "3000" };
const OPEN = "('running', 'pausing', 'cancelling', 'interrupted', 'queued')";
const BY_SYSTEM = "status = 'paused' AND pause_reason IS DISTINCT FROM 'person'";
/** A sixth of the whole test: whatever was asked for has happened by then, or never will. */
const QUIET_WITHIN_MS = 20_000;

let home: App;
let apps: App[];
let watcher: Client;
const touches: Touch[] = [];
const ask: Ask = async (sql) => (await watcher.query<Record<string, unknown>>(sql)).rows;
const another = () => startApp({ env, databaseUrl: home.databaseUrl });
beforeAll(async () => {
  home = await startApp({ env });
  apps = [home, await another(), await another()];
  watcher = new Client({ connectionString: home.databaseUrl });
  await watcher.connect();
  await recordHistory(ask);
  await makeDisk(ask);
});
afterAll(async () => {
  await watcher.end();
  for (const app of apps.toReversed()) await app.stop();
});

/** Does it, and says what was wrong with the answer, or null. */
async function carryOut(deed: Deed): Promise<string | null> {
  switch (deed.do) {
    case "wait":
      await new Promise((resolve) => setTimeout(resolve, deed.ms));
      return null;
    case "replace": {
      await apps[deed.at]?.stop();
      apps[deed.at] = await another();
      return null;
    }
    case "rob":
      // As if the holder had died: nobody renews, and it may write nothing more.
      await ask("UPDATE sync_lease SET expires_at = clock_timestamp(), holder = gen_random_uuid() WHERE holder IS NOT NULL");
      return null;
    case "fill":
      await fillDisk(ask);
      return null;
    case "makeRoom":
      await makeRoom(ask);
      return null;
    case "start":
    case "queue":
      return tryStart(apps[deed.at] as App, deed);
    default: {
      const app = apps[deed.at] as App;
      const taskId = await taskFor(ask, deed.whom);
      if (!taskId) return null;
      const from = Date.now() - 1;
      const wrong = await (deed.do === "retry" ? tryRetry(app, taskId) : tryCommand(app, ask, deed, taskId));
      touches.push({ task_id: taskId, from, to: Date.now() + 1 });
      return wrong;
    }
  }
}

/** Makes room, and waits until nothing runs and nothing waits any more but for a person. */
async function quiet(): Promise<void> {
  const until = performance.now() + QUIET_WITHIN_MS;
  for (;;) {
    await makeRoom(ask);
    const open = await ask(`SELECT task_id, status, crashes FROM sync_task WHERE status IN ${OPEN} OR (${BY_SYSTEM})`);
    if (open.length === 0) return;
    if (performance.now() > until) throw new Error(`stuck: ${JSON.stringify(open)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What must hold whenever all is quiet. */
async function allIsWell(): Promise<void> {
  const history = await readHistory(ask);
  expect(illegalSteps(history)).toEqual([]);
  expect(brokenRules(history, touches)).toEqual([]);
  expect(await ask("SELECT holder, task_id FROM sync_lease")).toEqual([{ holder: null, task_id: null }]);
  // Whoever runs, waits or has ended is not paused by the system any more.
  expect(
    await ask(
      "SELECT task_id FROM sync_task WHERE status NOT IN ('paused', 'cancelled') AND (pause_reason <> 'person' OR resume_at IS NOT NULL)",
    ),
  ).toEqual([]);
  // Each day whole or absent, and every number of a task is that of its days.
  const halves = `SELECT d.date FROM sync_day d WHERE rows <> ${SYMBOLS} OR rows <> (SELECT count(*) FROM daily_stock_data s WHERE s.trade_date = d.date)`;
  expect(await ask(halves)).toEqual([]);
  expect(await ask("SELECT trade_date FROM daily_stock_data EXCEPT SELECT date FROM sync_day")).toEqual([]);
  expect(
    await ask(
      `SELECT t.task_id, t.status FROM sync_task t JOIN sync_task_day d USING (task_id) GROUP BY t.task_id
        HAVING t.success <> count(*) FILTER (WHERE d.status = 'success') OR t.skipped <> count(*) FILTER (WHERE d.status = 'skipped')
            OR t.failed > 0 OR (t.status = 'completed' AND bool_or(d.status = 'pending'))`,
    ),
  ).toEqual([]);
  const told: Record<string, string[]> = {};
  for (const line of await ask("SELECT task_id, action FROM audit_log ORDER BY id"))
    (told[line["task_id"] as string] ??= []).push(line["action"] as string);
  expect(told).toEqual(auditOf(history));
  // An instance that looks for work stands between two statements for a moment, too.
  const idle = `SELECT 1 FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()
                   AND state_change < clock_timestamp() - interval '2 seconds'`;
  expect(await ask(idle)).toEqual([]);
}

test("1,000 random commands over three instances: only legal steps, never two at work, nothing stuck", {
  timeout: 180_000,
}, async () => {
  const seed = Number(process.env["MODEL_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  console.info(`model test, MODEL_SEED=${seed}`);
  const stretch = fc.asyncProperty(fc.array(aDeed, { minLength: DEEDS_EACH, maxLength: DEEDS_EACH }), async (deeds) => {
    for (const deed of deeds) {
      const wrong = await carryOut(deed);
      if (wrong) throw new Error(`${JSON.stringify(deed)}: ${wrong}`);
    }
    await quiet();
    await allIsWell();
  });
  // Without shrinking: time is part of the story, and a shorter one is another.
  await fc.assert(stretch, { seed, numRuns: STRETCHES, endOnFailure: true });

  for (const { task_id } of await ask("SELECT task_id FROM sync_task WHERE status = 'paused'"))
    await home.api(`/sync/batch/${String(task_id)}/resume`, { method: "POST" });
  await quiet();
  await allIsWell();
  expect(await ask("SELECT count(*)::int AS open FROM sync_task WHERE finished_at IS NULL")).toEqual([{ open: 0 }]);
  const bySystem = (await readHistory(ask)).filter(({ before, after }) => before === "running" && after === "paused").length;
  console.info(`model test, ${bySystem} pauses by the system`);
  const isNews = ({ level, message }: { level: string; message: string }) =>
    level === "error" && message !== "no room left in the database, the task pauses";
  const errors = apps.flatMap((app) => app.log.lines).filter(isNews);
  expect(errors).toEqual([]);
});
