import type { Context, Hono } from "hono";
import { z } from "zod";
import type { Day } from "@/lib/contract/day";
import { toProgress } from "@/server/sync/asked/progress";
import type { HttpPorts } from "./ports";
import { batchBody, checkRange, readBody, readDay, readQuery, readTaskId, waitQuery, whole } from "./input";
import { languageFor, Problem, success } from "./reply";
import { withSentences } from "./sentences";
import { type AskedStart, nothingToStart, startTask } from "./start-task";

/** Everything that starts a sync, its preview and its progress. Input is checked before anyone looks who is running. */
export function startRoutes(app: Hono, ports: HttpPorts): void {
  const { queries, calendar, clock } = ports;
  const today = () => queries.today().day;

  const range = (from: Day, to: Day) => ({
    start_date: from,
    end_date: to,
    force: false,
    accept_incomplete: false,
    order: "asc" as const,
  });
  const start = (c: Context, asked: AskedStart, words?: object) => startTask(c, ports, asked, words);
  const waiting = (c: Context) => readQuery(c, waitQuery);

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

  app.post("/sync/today", (c) => start(c, { ...range(today(), today()), ...waiting(c) }, waiting(c)));

  app.post("/sync/date/:day", (c) => {
    const day = readDay(c, "day");
    checkRange(day, day, today());
    return start(c, { ...range(day, day), ...waiting(c) });
  });

  app.post("/sync/pending", async (c) => {
    const { days_back } = readQuery(c, z.object({ days_back: whole(1, 365, 30) }));
    const days = await queries.gaps(days_back);
    const [first, last] = [days[0], days.at(-1)];
    const words = { days_back, ...waiting(c) };
    if (!first || !last) return nothingToStart(c, ports, words);
    return start(c, { ...range(first, last), ...waiting(c), days }, words);
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
