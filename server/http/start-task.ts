import { createHash } from "node:crypto";
import type { Context } from "hono";
import type { Started } from "@/lib/contract/routes";
import { toBusyTask } from "@/server/sync/asked/progress";
import type { StartRequest, StartResult } from "@/server/sync/task/start-request";
import type { TaskRecord } from "@/server/sync/task/task-record";
import type { HttpPorts } from "./ports";
import { say } from "./language";
import { operatorOf } from "./operator";
import { languageFor, Problem, success } from "./reply";
import { busyWithSentences } from "./sentences";

/** Said in Retry-After while the running task has no estimate yet. */
const RETRY_AFTER_SECONDS = 10;
/** Said in Retry-After while the source is tested. */
const TEST_RETRY_SECONDS = 5;
const MAX_KEY_CHARS = 200;

/** What a route asks for; who asks and under which key comes from the request itself. */
export type AskedStart = Omit<StartRequest, "started_by" | "task_type" | "idempotency"> & {
  task_type?: StartRequest["task_type"];
};

/**
 * Every route that starts a sync ends here: one set of replies for all. `words` is what the caller said, where the days follow
 * from the moment: the same words a minute later are the same request under the same Idempotency-Key.
 */
export async function startTask(c: Context, ports: HttpPorts, asked: AskedStart, words: object = asked): Promise<Response> {
  const result = await ports.manager.start({
    task_type: "web_batch",
    ...asked,
    started_by: operatorOf(c) ?? ports.operatorName,
    idempotency: idempotencyOf(c, words),
  });
  return replyTo(c, ports, result);
}

/**
 * Nothing is to be done by now: `data: null`. A request that came before under its key still gets the reply it got then. Where
 * that was `data: null` too, nothing was started and nothing is kept: the key is free for the day on which something is missing.
 */
export async function nothingToStart(c: Context, ports: HttpPorts, words: object): Promise<Response> {
  const idempotency = idempotencyOf(c, words);
  const kept = idempotency && (await ports.reads.taskOfKey(idempotency));
  if (!kept) return success(c, null);
  return replyTo(c, ports, kept.isSame ? { kind: "replayed", ...kept } : { kind: "key_reused" });
}

function replyTo(c: Context, ports: HttpPorts, result: StartResult): Response {
  switch (result.kind) {
    case "started":
    case "queued":
    case "replayed": {
      const { task_id, total_days, task_type: type } = result.task;
      const queued = result.kind === "queued" || (result.kind === "replayed" && result.wasQueued);
      const sentence = queued ? "api.queuedReply" : "api.started";
      const started: Started = { task_id, total_days, message: say(languageFor(c), sentence, { type, days: total_days }) };
      return success(c, started, 202);
    }
    case "busy":
      throw busy(c, ports, result.task);
    case "queue_full":
      throw new Problem("queue_full", { max: ports.maxQueued });
    case "being_tested":
      throw beingTested();
    case "key_reused":
      throw new Problem("idempotency_key_reused");
    case "sample_into_existing":
      throw new Problem("sample_into_existing");
    case "stopping":
      throw stopping();
  }
}

/** The server ends: another instance, or this one after its restart, answers soon. */
export function stopping(): Problem {
  return new Problem("database_unavailable", {}, { headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } });
}

/** A test of the source holds the lease: over in a minute at most, mostly in seconds. */
export function beingTested(): Problem {
  return new Problem("source_being_tested", {}, { headers: { "Retry-After": String(TEST_RETRY_SECONDS) } });
}

/** The refusal that helps: it names the running task, whole, and says when to come again. */
export function busy(c: Context, ports: HttpPorts, task: TaskRecord): Problem {
  const current = toBusyTask(task, ports.calendar.zone, ports.clock.now());
  const seconds = current.progress.eta_range?.[1] ?? RETRY_AFTER_SECONDS;
  return new Problem(
    "sync_already_running",
    { task_id: task.task_id },
    {
      beside: { current_task: busyWithSentences(current, task, languageFor(c)) },
      headers: { "Retry-After": String(Math.max(1, seconds)) },
    },
  );
}

/** The key of the header, with a hash of what was asked: the same key for something else is a mistake of the caller. */
function idempotencyOf(c: Context, words: object): StartRequest["idempotency"] {
  const key = c.req.header("idempotency-key")?.trim();
  if (!key) return null;
  if (key.length > MAX_KEY_CHARS)
    throw new Problem("invalid_field", {
      field: "Idempotency-Key",
      expected: `at most ${MAX_KEY_CHARS} characters`,
      got: `${key.length}`,
    });
  const sorted = [c.req.path, ...Object.entries(words).sort(([a], [b]) => (a < b ? -1 : 1))];
  return { key, requestHash: createHash("sha256").update(JSON.stringify(sorted)).digest("hex") };
}
