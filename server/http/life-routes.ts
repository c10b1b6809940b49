import type { Context, Hono } from "hono";
import { z } from "zod";
import type { TaskCommand } from "@/lib/contract/task-rules";
import type { Commanded } from "@/server/sync/command-ports";
import { toProgress } from "@/server/sync/asked/progress";
import type { HttpPorts } from "./ports";
import { daysField, ifBusyField, priorityField, readBody, readOptionalBody, readTaskId } from "./input";
import { operatorOf } from "./operator";
import { languageFor, Problem, success } from "./reply";
import { withSentences } from "./sentences";
import { startTask } from "./start-task";

const COMMANDS: readonly TaskCommand[] = ["cancel", "pause", "resume"];
const retryBody = z.object({
  only: z.enum(["failed", "unfinished", "changed"], { error: "failed, unfinished or changed" }).default("failed"),
  /** Only these of them. */
  days: daysField.optional(),
  /** Else as the task before had it. */
  accept_incomplete: z.boolean({ error: "true or false" }).optional(),
  if_busy: ifBusyField,
  priority: priorityField.default(5),
});

/** What people do with a task after it was started: cancel, pause, resume, retry, and the queue. */
export function lifeRoutes(app: Hono, ports: HttpPorts): void {
  const { manager, queries, reads, calendar, clock } = ports;
  const by = (c: Context) => operatorOf(c) ?? ports.operatorName;

  for (const command of COMMANDS) {
    app.post(`/sync/batch/:taskId/${command}`, async (c) =>
      answer(c, command, await manager.command(readTaskId(c), command, by(c))),
    );
  }

  app.post("/sync/batch/:taskId/retry", async (c) => {
    const { only, days: chosen, accept_incomplete, if_busy, priority } = await readOptionalBody(c, retryBody);
    const task = await queries.task(readTaskId(c));
    if (!task) throw new Problem("task_not_found");
    const days = (await reads.daysToRetry(task.task_id, only)).filter((day) => chosen?.includes(day) ?? true);
    const [first, last] = [days[0], days.at(-1)];
    if (!first || !last) throw new Problem("nothing_to_retry", { task_id: task.task_id });
    const { force, order } = task.options;
    // What a verify found is applied by a forced sync; its other days are verified again.
    const applies = only === "changed";
    return startTask(c, ports, {
      task_type: task.task_type === "verify" && !applies ? "verify" : "web_batch",
      start_date: first,
      end_date: last,
      days,
      force: force || applies,
      accept_incomplete: accept_incomplete ?? task.options.accept_incomplete,
      order,
      priority,
      if_busy,
    });
  });

  app.patch("/queue/:taskId", async (c) => {
    const { priority } = await readBody(c, z.object({ priority: priorityField }));
    return answer(c, "queue", await manager.reprioritise(readTaskId(c), priority, by(c)));
  });

  app.delete("/queue/:taskId", async (c) => answer(c, "queue", await manager.dequeue(readTaskId(c), by(c))));

  /** 202 with the task as it is now; a command that cannot be is 409 with the same. */
  async function answer(c: Context, command: TaskCommand | "queue", result: Commanded): Promise<Response> {
    if (result.kind === "unknown") throw new Problem("task_not_found");
    const task = (await queries.task(result.task.task_id)) ?? result.task;
    const progress = withSentences(toProgress(task, calendar.zone, clock.now()), task, languageFor(c));
    if (result.kind === "illegal")
      throw new Problem("illegal_transition", { command, status: result.task.status }, { beside: { progress } });
    return success(c, progress, 202);
  }
}
