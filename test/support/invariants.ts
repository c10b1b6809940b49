import type { Ask } from "./ask";
import { auditOf, brokenRules, illegalSteps, readHistory, recordHistory } from "./task-history";

/**
 * Lets the database write down what happens: every step of a task, and the epoch of every day in the order of the commits.
 * The second trigger comes after the fence (by its name), which holds the lease row until the commit: its order is theirs.
 */
export async function watchInvariants(ask: Ask): Promise<void> {
  await recordHistory(ask);
  await ask(`
    CREATE TABLE test_commits (id bigint GENERATED ALWAYS AS IDENTITY, date date, epoch bigint, rows int);
    CREATE FUNCTION test_commit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO test_commits (date, epoch, rows) VALUES (NEW.date, NEW.epoch, NEW.rows);
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER z_test_commit AFTER INSERT OR UPDATE ON sync_day
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test_commit()`);
}

/** I1: each day is the full set of its source, or absent; and the ledger knows the table. */
export async function halfDays(ask: Ask, symbols: number): Promise<unknown[]> {
  return ask(`
    WITH held AS (SELECT trade_date AS date, count(*)::int AS rows FROM daily_stock_data GROUP BY 1)
    SELECT coalesce(h.date, d.date)::text AS date, h.rows AS in_table, d.rows AS in_ledger
      FROM held h FULL JOIN (SELECT * FROM sync_day WHERE state <> 'failed') d USING (date)
     WHERE h.rows IS DISTINCT FROM d.rows OR h.rows <> ${symbols} ORDER BY 1`);
}

/** I2: epochs only grow in the order of the commits. */
async function epochsOutOfOrder(ask: Ask): Promise<unknown[]> {
  return ask(
    `SELECT * FROM (SELECT id, epoch, lag(epoch) OVER (ORDER BY id) AS before FROM test_commits) c WHERE epoch < before`,
  );
}

/** I3, and every step of every task: never two at work, and only from one status to a lawful next one. */
async function unlawfulSteps(ask: Ask): Promise<string[]> {
  // A task that lost its holder three times before a day was done is given up, and says so: that is a promise, too.
  const givenUp = await ask(
    "SELECT task_id FROM sync_task WHERE status = 'failed' AND error ->> 'code' = 'poison_task' AND crashes >= 3",
  );
  const isGivenUp = new Set(givenUp.map((row) => row["task_id"]));
  const history = (await readHistory(ask)).filter(
    ({ task_id, before, after }) => !(before === "interrupted" && after === "failed" && isGivenUp.has(task_id)),
  );
  // Whose turn it was is another promise, with its own test: here instances are cut off while they decide.
  return [...illegalSteps(history), ...brokenRules(history, []).filter((rule) => rule.startsWith("at work at once"))];
}

/** What has no end yet and does not wait for a person. I4 wants this empty 30 s after the last fault. */
export async function unfinished(ask: Ask): Promise<Record<string, unknown>[]> {
  return ask(`SELECT task_id, status, crashes, (SELECT expires_at - clock_timestamp() FROM sync_lease)::text AS lease
                FROM sync_task WHERE finished_at IS NULL AND status <> 'paused'`);
}

/** I5: sessions that hold a transaction open and do nothing, for longer than two statements of one transaction are apart. */
export async function idleInTransaction(ask: Ask, longerThanMs = 1_000): Promise<unknown[]> {
  return ask(`SELECT pid, application_name, state, query FROM pg_stat_activity
               WHERE state LIKE 'idle in transaction%' AND datname = current_database()
                 AND clock_timestamp() - state_change > interval '${longerThanMs} milliseconds'`);
}

/** Numbers of a task that are not those of its days: of ended ones, or of all where nothing is at work. */
export async function wrongCounts(ask: Ask, of: "ended" | "all"): Promise<unknown[]> {
  return ask(`
    SELECT t.task_id, t.status FROM sync_task t JOIN sync_task_day d USING (task_id)
     WHERE ${of === "all"} OR t.finished_at IS NOT NULL GROUP BY t.task_id
    HAVING t.success <> count(*) FILTER (WHERE d.status = 'success') OR t.skipped <> count(*) FILTER (WHERE d.status = 'skipped')
        OR t.failed <> count(*) FILTER (WHERE d.status = 'failed') OR (t.status = 'completed' AND bool_or(d.status = 'pending'))`);
}

/** Tasks whose words in the audit are not those of the steps that were taken. */
export async function wrongAudit(ask: Ask): Promise<unknown[]> {
  const told: Record<string, string[]> = {};
  for (const line of await ask("SELECT task_id, action FROM audit_log JOIN sync_task USING (task_id) ORDER BY id"))
    (told[line["task_id"] as string] ??= []).push(line["action"] as string);
  const lawful = auditOf(await readHistory(ask));
  return [...new Set([...Object.keys(lawful), ...Object.keys(told)])]
    .map((taskId) => ({ taskId, lawful: lawful[taskId] ?? [], told: told[taskId] ?? [] }))
    .filter(({ lawful: steps, told: words }) => JSON.stringify(steps) !== JSON.stringify(words));
}

/** Every invariant that does not hold, by its name in the fault list; nothing = all is well. */
export async function broken(ask: Ask, symbols: number): Promise<Record<string, unknown[]>> {
  const found = {
    "I1 half days": await halfDays(ask, symbols),
    "I2 epochs out of order": await epochsOutOfOrder(ask),
    "I3 unlawful steps": await unlawfulSteps(ask),
    "I5 idle in transaction": await idleInTransaction(ask),
    "wrong books": [...(await wrongCounts(ask, "ended")), ...(await wrongAudit(ask))],
  };
  return Object.fromEntries(Object.entries(found).filter(([, items]) => items.length > 0));
}
