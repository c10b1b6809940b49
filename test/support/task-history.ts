import type { TaskStatus } from "@/lib/contract/task";
import type { Ask } from "./ask";

/** One change of a task as the database saw it. */
export interface Change {
  id: number;
  task_id: string;
  before: TaskStatus | null;
  after: TaskStatus;
  priority: number;
  ordinal: number;
  resumed: number | null;
  /** When it was committed, and when its transaction began. */
  at: number;
  begun: number;
}

/**
 * Lets the database itself write down every change of a status, a priority or a place in the queue: inside the COMMIT, so in
 * the order and at the time that others see it, with the time at which the transaction began. Whoever is stopped between
 * its decision and its COMMIT broke no rule.
 */
export async function recordHistory(ask: Ask): Promise<void> {
  await ask(`
    CREATE TABLE test_history (id bigint GENERATED ALWAYS AS IDENTITY, task_id text, before text, after text, priority int, ordinal bigint,
                               resumed timestamptz, at timestamptz DEFAULT clock_timestamp(), begun timestamptz DEFAULT now());
    CREATE FUNCTION test_record() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO test_history (task_id, before, after, priority, ordinal, resumed)
      VALUES (NEW.task_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status, NEW.priority, NEW.ordinal, NEW.resumed_at);
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER test_insert AFTER INSERT ON sync_task DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      EXECUTE FUNCTION test_record();
    CREATE CONSTRAINT TRIGGER test_update AFTER UPDATE ON sync_task DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN (OLD.status <> NEW.status OR OLD.priority <> NEW.priority) EXECUTE FUNCTION test_record()`);
}

/** Everything that was written down so far, oldest first. */
export async function readHistory(ask: Ask): Promise<Change[]> {
  const rows = await ask(
    `SELECT id::int, task_id, before, after, priority, ordinal::int, extract(epoch FROM resumed)::float8 * 1000 AS resumed,
            extract(epoch FROM at)::float8 * 1000 AS at, extract(epoch FROM begun)::float8 * 1000 AS begun FROM test_history ORDER BY id`,
  );
  return rows as unknown as Change[];
}

/** Every step a task may ever take. `failed` is no step of this list: nothing in this market can fail a task. */
const LEGAL: Record<TaskStatus | "new", readonly TaskStatus[]> = {
  new: ["running", "queued"],
  queued: ["running", "cancelled"],
  // Straight to paused: by the system.
  running: ["completed", "pausing", "cancelling", "interrupted", "paused"],
  // A cancel or a pause that came with the last commit: the task is done, and says so.
  pausing: ["paused", "cancelling", "completed"],
  cancelling: ["cancelled", "completed"],
  // Straight to running: its time has come.
  paused: ["queued", "cancelled", "running"],
  interrupted: ["running", "cancelled"],
  cancelled: [],
  completed: [],
  failed: [],
};

/** Steps that no task may take, one line each. */
export function illegalSteps(history: readonly Change[]): string[] {
  return history
    .filter(({ before, after }) => before !== after && !LEGAL[before ?? "new"].includes(after))
    .map(({ task_id, before, after }) => `${task_id}: ${before} → ${after}`);
}

const ACTIVE: ReadonlySet<TaskStatus> = new Set(["running", "pausing", "cancelling"]);
/** A change this young, when the transaction of who decided next began, may not have been visible to it yet. */
const SEEN_AFTER_MS = 250;

/** When a command was on its way to a task: who claims in that moment passes the task over instead of waiting for it. */
export interface Touch {
  task_id: string;
  from: number;
  to: number;
}

/** Plays the history again with the rules of the queue: never two at work, and always the one whose turn it was. */
export function brokenRules(history: readonly Change[], touches: readonly Touch[]): string[] {
  const now = new Map<string, Change>();
  const broken: string[] = [];
  for (const change of history) {
    if (change.before === "queued" && change.after === "running") {
      const mine = now.get(change.task_id) as Change;
      for (const other of now.values()) {
        if (other === mine || change.begun - other.at < SEEN_AFTER_MS) continue;
        if (touches.some(({ task_id, from, to }) => task_id === other.task_id && from <= change.at && change.at <= to)) continue;
        if (other.after === "interrupted" || (other.after === "queued" && comesBefore(other, mine)))
          broken.push(`${change.task_id} ran before ${other.task_id}, which is ${other.after}`);
      }
    }
    now.set(change.task_id, change);
    const active = [...now.values()].filter((one) => ACTIVE.has(one.after));
    if (active.length > 1) broken.push(`at work at once: ${active.map((one) => one.task_id).join(", ")}`);
  }
  return broken;
}

function comesBefore(one: Change, other: Change): boolean {
  if (one.resumed !== other.resumed) return other.resumed === null || (one.resumed !== null && one.resumed < other.resumed);
  if (one.priority !== other.priority) return one.priority > other.priority;
  return one.ordinal < other.ordinal;
}

/** The audit lines that a history must have left, task by task. */
export function auditOf(history: readonly Change[]): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const { task_id, before, after } of history) {
    const line = lineOf(before, after);
    if (line) (lines[task_id] ??= []).push(line);
  }
  return lines;
}

function lineOf(before: TaskStatus | null, after: TaskStatus): string | null {
  if (before === after) return "priority_changed";
  if (before === null) return after === "running" ? "started" : "queued";
  if (after === "cancelling" || (after === "cancelled" && before !== "cancelling")) return "cancelled";
  if (after === "pausing" || (before === "running" && after === "paused")) return "paused";
  if (after === "interrupted") return "interrupted";
  if (before === "paused") return "resumed";
  return before === "interrupted" && after === "running" ? "taken_over" : null;
}
