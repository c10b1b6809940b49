import type { Hono } from "hono";
import { z } from "zod";
import { DAY_STATUSES, TASK_STATUSES, TASK_TYPES, type TaskPage } from "@/lib/contract/task";
import { toSummary } from "@/server/sync/asked/progress";
import type { HttpPorts } from "./ports";
import { optionalDay, readDay, readQuery, readTaskId, whole } from "./input";
import { languageFor, Problem, success } from "./reply";
import { summaryWithSentences } from "./sentences";

/** `with_failed_days` is a filter of the page beside the statuses. */
const WITH_FAILED_DAYS = "with_failed_days";
const STATUS_FILTERS = [...TASK_STATUSES, WITH_FAILED_DAYS] as const;

const tasksQuery = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, { error: "the `next` of an earlier page" })
    .optional(),
  limit: whole(1, 200, 50),
  status: z.enum(STATUS_FILTERS, { error: STATUS_FILTERS.join(", ") }).optional(),
  type: z.enum(TASK_TYPES, { error: TASK_TYPES.join(", ") }).optional(),
  from: optionalDay,
  to: optionalDay,
});

const daysQuery = z.object({
  cursor: optionalDay,
  limit: whole(1, 13_000, 500),
  status: z.enum(DAY_STATUSES, { error: DAY_STATUSES.join(", ") }).optional(),
});

/** The history: tasks newest first, one task, its days. */
export function taskRoutes(app: Hono, ports: HttpPorts): void {
  const { queries, reads, calendar, clock } = ports;

  app.get("/tasks", async (c) => {
    const query = readQuery(c, tasksQuery);
    const page = await reads.tasks({
      status: query.status === WITH_FAILED_DAYS ? null : (query.status ?? null),
      failedDays: query.status === WITH_FAILED_DAYS,
      type: query.type ?? null,
      from: query.from ?? null,
      to: query.to ?? null,
      zone: calendar.zone,
      cursor: query.cursor === undefined ? null : Number(query.cursor),
      limit: query.limit,
    });
    const active = await queries.activeTask();
    const tasks = page.tasks.map((task) => {
      const freshest = active?.task_id === task.task_id ? active : task;
      return summaryWithSentences(toSummary(freshest, calendar.zone, clock.now()), languageFor(c));
    });
    const reply: TaskPage = { tasks, next: page.next, total: page.total, total_is_capped: page.total_is_capped };
    return success(c, reply);
  });

  app.get("/tasks/:taskId", async (c) => {
    const task = await queries.task(readTaskId(c));
    if (!task) throw new Problem("task_not_found");
    const activity = await reads.activity(task.task_id);
    return success(c, summaryWithSentences(toSummary(task, calendar.zone, clock.now(), activity), languageFor(c)));
  });

  app.get("/tasks/:taskId/days", async (c) => {
    const query = readQuery(c, daysQuery);
    const taskId = readTaskId(c);
    const page = await reads.taskDays(taskId, { status: query.status ?? null, after: query.cursor ?? null, limit: query.limit });
    if (!page) throw new Problem("task_not_found");
    return success(c, { task_id: taskId, ...page });
  });

  app.get("/tasks/:taskId/days/:day/rejected", async (c) => {
    const [taskId, day] = [readTaskId(c), readDay(c, "day")];
    const found = await reads.rejectedRows(taskId, day);
    if (!found) throw (await queries.task(taskId)) ? new Problem("day_not_found", { day }) : new Problem("task_not_found");
    return success(c, found);
  });
}
