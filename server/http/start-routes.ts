import type { Context, Hono } from "hono";
import { z } from "zod";
import type { Day } from "@/lib/contract/day";
import type { Started } from "@/lib/contract/routes";
import { toBusyTask, toProgress } from "@/server/sync/progress";
import type { StartRequest } from "@/server/sync/sync-manager";
import type { TaskRecord } from "@/server/sync/task-record";
import type { HttpPorts } from "./handlers";
import { batchBody, checkRange, readBody, readDay, readQuery, readTaskId, whole } from "./input";
import { say } from "./language";
import { operatorOf } from "./operator";
import { languageFor, Problem, success } from "./reply";
import { busyWithSentences, withSentences } from "./sentences";

/** Said in Retry-After while the running task has no estimate yet. */
const RETRY_AFTER_SECONDS = 10;

/** Everything that starts a sync, its preview and its progress. Input is checked before anyone looks who is running. */
export function startRoutes(app: Hono, ports: HttpPorts): void {
  const { manager, queries, calendar, clock } = ports;
  const today = () => queries.today().day;

  async function start(c: Context, request: Omit<StartRequest, "started_by" | "task_type">): Promise<Response> {
    const result = await manager.start({ ...request, task_type: "web_batch", started_by: operatorOf(c) ?? ports.operatorName });
    if (result.kind === "busy") throw busy(c, result.task);
    if (result.kind === "sample_into_existing") throw new Problem("sample_into_existing");
    if (result.kind === "stopping")
      throw new Problem("database_unavailable", {}, { headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } });
    const { task_id, total_days } = result.task;
    const started: Started = { task_id, total_days, message: say(languageFor(c), "api.started", { days: total_days }) };
    return success(c, started, 202);
  }

  function busy(c: Context, task: TaskRecord): Problem {
    const current = toBusyTask(task, calendar.zone, clock.now());
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

  const range = (from: Day, to: Day) => ({
    start_date: from,
    end_date: to,
    force: false,
    accept_incomplete: false,
    order: "asc" as const,
  });

  app.post("/sync/batch", async (c) => {
    const body = await readBody(c, batchBody);
    checkRange(body.start_date, body.end_date, today());
    return start(c, body);
  });

  app.post("/sync/batch/preview", async (c) => {
    const body = await readBody(c, batchBody);
    checkRange(body.start_date, body.end_date, today());
    return success(c, await queries.preview({ from: body.start_date, to: body.end_date, force: body.force }));
  });

  app.post("/sync/today", (c) => start(c, range(today(), today())));

  app.post("/sync/date/:day", (c) => {
    const day = readDay(c, "day");
    checkRange(day, day, today());
    return start(c, range(day, day));
  });

  app.post("/sync/pending", async (c) => {
    const { days_back } = readQuery(c, z.object({ days_back: whole(1, 365, 30) }));
    const days = await queries.gaps(days_back);
    const [first, last] = [days[0], days.at(-1)];
    if (!first || !last) return success(c, null);
    return start(c, { ...range(first, last), days });
  });

  app.get("/sync/batch/progress/:taskId", async (c) => {
    const task = await queries.task(readTaskId(c));
    if (!task) throw new Problem("task_not_found");
    return success(c, withSentences(toProgress(task, calendar.zone, clock.now()), task, languageFor(c)));
  });

  app.get("/sync/batch/active", async (c) => {
    const task = await queries.activeTask();
    if (!task) return success(c, null);
    const progress = withSentences(toProgress(task, calendar.zone, clock.now()), task, languageFor(c));
    return success(c, { task_id: task.task_id, progress });
  });
}
