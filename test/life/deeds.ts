import fc from "fast-check";
import type { Failure } from "@/lib/contract/routes";
import { addDays, type Day } from "@/lib/contract/day";
import type { TaskStatus } from "@/lib/contract/task";
import { afterCommand, type TaskCommand } from "@/lib/contract/task-rules";
import type { Reply } from "../support/api-call";
import type { App } from "../support/app";
import type { Ask } from "../support/ask";
import { emptyDisk } from "../support/full-disk";

/** An instance, however it is reached. */
export type Api = App["api"];

/** What somebody does; `at` is the instance, `whom` chooses among the tasks there are. */
export type Deed =
  | { do: "start" | "queue"; at: number; offset: number; length: number; priority: number }
  | { do: TaskCommand | "dequeue" | "retry"; at: number; whom: number }
  | { do: "reprioritise"; at: number; whom: number; priority: number }
  | { do: "replace" | "kill"; at: number }
  | { do: "rob" }
  | { do: "fill" | "makeRoom" }
  | { do: "wait"; ms: number };

const at = fc.nat({ max: 2 });
const whom = fc.nat({ max: 11 });
const priority = fc.nat({ max: 9 });
const onTask = fc.constantFrom("cancel", "pause", "pause", "resume", "resume", "dequeue", "retry");

/** Mostly starts and commands; now and then something that befalls an instance. */
const aDeedOr = (...mishaps: fc.WeightedArbitrary<Deed>[]): fc.Arbitrary<Deed> =>
  fc.oneof(
    {
      weight: 60,
      arbitrary: fc.record({
        do: fc.constantFrom("start", "queue", "queue"),
        at,
        offset: fc.nat({ max: 60 }),
        length: fc.integer({ min: 1, max: 30 }),
        priority,
      }),
    },
    { weight: 240, arbitrary: fc.record({ do: onTask, at, whom }) },
    { weight: 30, arbitrary: fc.record({ do: fc.constant("reprioritise"), at, whom, priority }) },
    { weight: 60, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat({ max: 60 }) }) },
    ...mishaps,
  );

/** For instances within one process: one is replaced, or the lease is torn from its holder. */
export const aDeed = aDeedOr(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("replace"), at: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 2, arbitrary: fc.constant({ do: "rob" }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("fill", "makeRoom", "makeRoom") }) },
);

/** For processes of their own: one is killed, or stopped as an operator stops it, and another comes in its place. */
export const aDeedAmongProcesses = aDeedOr(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("kill"), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("replace"), at }) },
);

const AMONG = ["status IN ('running', 'pausing', 'cancelling')", "status NOT IN ('completed', 'cancelled', 'failed')", "true"];

/** There is room again, and the time of every pause by the system has come. */
export async function makeRoom(ask: Ask): Promise<void> {
  await emptyDisk(ask);
  // A row that somebody holds at this moment is no pause that is over; the next look finds it.
  await ask(`UPDATE sync_task SET resume_at = clock_timestamp() WHERE task_id IN (
    SELECT task_id FROM sync_task WHERE status = 'paused' AND pause_reason <> 'person' FOR UPDATE SKIP LOCKED)`);
}

/** A task to do it to: the one at work, one that is not over yet, or one of the last, whatever became of it. */
export async function taskFor(ask: Ask, number: number): Promise<string | null> {
  const rows = await ask(`SELECT task_id FROM sync_task WHERE ${AMONG[number % AMONG.length]} ORDER BY ordinal DESC LIMIT 12`);
  return (rows[number % Math.max(1, rows.length)]?.["task_id"] as string | undefined) ?? null;
}

/** Starts a range that is always fetched. Says what is wrong with the reply, or null. */
export async function tryStart(api: Api, deed: Extract<Deed, { do: "start" | "queue" }>): Promise<string | null> {
  const start_date = addDays("2024-01-02", deed.offset);
  const end_date: Day = addDays(start_date, deed.length - 1);
  const if_busy = deed.do === "queue" ? "queue" : "reject";
  const reply = await api<{ task_id: string }>("/sync/batch", {
    body: { start_date, end_date, force: true, if_busy, priority: deed.priority },
  });
  if (reply.status === 202) return null;
  return deed.do === "start" ? wrongRefusal(reply, ["sync_already_running"]) : wrongRefusal(reply, ["queue_full"]);
}

export async function tryRetry(api: Api, taskId: string): Promise<string | null> {
  const reply = await api(`/sync/batch/${taskId}/retry`, { body: { only: "unfinished" } });
  return reply.status === 202 ? null : wrongRefusal(reply, ["sync_already_running", "nothing_to_retry"]);
}

function wrongRefusal({ status, body }: Reply, codes: readonly Failure["code"][]): string | null {
  if (status !== 409 || !codes.includes(body.code)) return `${status} ${JSON.stringify(body)}`;
  if (body.code !== "sync_already_running") return null;
  const named = body.current_task?.progress.status;
  // It runs, or it is the one that runs next; or it ended between the refusal and the look at it.
  return named && named !== "failed" ? null : `busy with a task that is ${named}`;
}

/** A command, and whether its answer fits one of the statuses that the task had in that moment. */
export async function tryCommand(
  api: Api,
  ask: Ask,
  deed: Extract<Deed, { whom: number }>,
  taskId: string,
): Promise<string | null> {
  const before = await marks(ask, taskId);
  const reply = await send(api, deed, taskId);
  const passed = [before.status, ...(await statusesSince(ask, taskId, before.mark))];
  const allows = (status: TaskStatus) =>
    deed.do === "cancel" || deed.do === "pause" || deed.do === "resume"
      ? afterCommand(deed.do, status) !== null
      : status === "queued";
  if (reply.status === 202 && passed.some(allows)) return null;
  const said = reply.body.params?.["status"] as TaskStatus | undefined;
  if (reply.status === 409 && reply.body.code === "illegal_transition" && said && passed.includes(said) && !allows(said))
    return null;
  return `${deed.do} of a task that was ${passed.join(", ")}: ${reply.status} ${JSON.stringify(reply.body)}`;
}

function send(api: Api, deed: Extract<Deed, { whom: number }>, taskId: string): Promise<Reply> {
  if (deed.do === "reprioritise") return api(`/queue/${taskId}`, { method: "PATCH", body: { priority: deed.priority } });
  if (deed.do === "dequeue") return api(`/queue/${taskId}`, { method: "DELETE" });
  return api(`/sync/batch/${taskId}/${deed.do}`, { method: "POST" });
}

async function marks(ask: Ask, taskId: string): Promise<{ status: TaskStatus; mark: number }> {
  const rows = await ask(
    `SELECT status, (SELECT max(id)::int FROM test_history h WHERE h.task_id = t.task_id) AS mark FROM sync_task t WHERE task_id = '${taskId}'`,
  );
  return rows[0] as { status: TaskStatus; mark: number };
}

async function statusesSince(ask: Ask, taskId: string, mark: number): Promise<TaskStatus[]> {
  const rows = await ask(`SELECT after FROM test_history WHERE task_id = '${taskId}' AND id > ${mark} ORDER BY id`);
  return rows.map((row) => row["after"] as TaskStatus);
}
