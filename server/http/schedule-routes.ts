import type { Context, Hono } from "hono";
import { z } from "zod";
import { isDay } from "@/lib/contract/day";
import { type FirePage, SCHEDULE_IDS, type ScheduleChange, type ScheduleId } from "@/lib/contract/schedule";
import { isClockTime } from "@/server/sync/time/schedule-times";
import type { FirePageAsked } from "@/server/sync/schedule-ports";
import type { HttpPorts } from "./ports";
import { readBody, readQuery, waitQuery, whole } from "./input";
import { operatorOf } from "./operator";
import { Problem, success } from "./reply";
import { nothingToStart, startTask } from "./start-task";

const changeBody = z.object({
  enabled: z.boolean({ error: "true or false" }).optional(),
  time: z.string({ error: "HH:MM, 00:00–23:59" }).refine(isClockTime, { error: "HH:MM, 00:00–23:59" }).optional(),
});

const firesQuery = z.object({
  limit: whole(1, 200, 50),
  before: z
    .string()
    .transform(readCursor)
    .refine((cursor) => cursor !== null, { error: "the `next` of a page" })
    .optional(),
});

/** Schedules: what they are, their changes, what they came to, and "run now". */
export function scheduleRoutes(app: Hono, ports: HttpPorts): void {
  const { schedules } = ports;

  app.get("/schedules", async (c) => success(c, await schedules.list()));

  app.get("/schedules/fires", async (c) => {
    const { limit, before } = readQuery(c, firesQuery);
    const fires = await schedules.fires({ limit: limit + 1, before: before ?? null });
    const page: FirePage = { fires: fires.slice(0, limit), next: null };
    const last = page.fires.at(-1);
    if (fires.length > limit && last) page.next = `${last.local_date}_${last.schedule_id}`;
    return success(c, page);
  });

  app.put("/schedules/:id", async (c) => {
    const id = readId(c);
    const { enabled, time } = await readBody(c, changeBody);
    const change: ScheduleChange = { ...(enabled === undefined ? {} : { enabled }), ...(time === undefined ? {} : { time }) };
    return success(c, await schedules.change(id, change, operatorOf(c) ?? ports.operatorName));
  });

  app.post("/schedules/:id/run", async (c) => {
    const id = readId(c);
    const waiting = readQuery(c, waitQuery);
    const asked = await schedules.runNow(id);
    return asked ? startTask(c, ports, { ...asked, ...waiting }, waiting) : nothingToStart(c, ports, waiting);
  });
}

function readId(c: Context): ScheduleId {
  const id = SCHEDULE_IDS.find((known) => known === c.req.param("id"));
  if (!id) throw new Problem("not_found", { path: c.req.path });
  return id;
}

/** `2026-03-08_daily`; null for anything else. */
function readCursor(text: string): FirePageAsked["before"] {
  const day = text.slice(0, 10);
  const id = SCHEDULE_IDS.find((known) => known === text.slice(11));
  return isDay(day) && id && text[10] === "_" ? { local_date: day, schedule_id: id } : null;
}
