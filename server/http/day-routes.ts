import type { Hono } from "hono";
import { z } from "zod";
import { DAY_ROWS_SHOWN } from "@/lib/contract/day-rows";
import { addDays, type Day } from "@/lib/contract/day";
import { DAY_STATUSES } from "@/lib/contract/task";
import { type BareDayRecord, lastDays } from "@/server/sync/asked/day-records";
import type { HttpPorts } from "./ports";
import { checkShownRange, optionalDay, readDay, readQuery, whole } from "./input";
import { say } from "./language";
import { languageFor, Problem, success } from "./reply";
import { recordWithSentences } from "./sentences";

/** A look, not a download. */
const MAX_ROWS_SHOWN = 200;
const MAX_CODE_CHARS = 64;
const daysQuery = z.object({ days: whole(1, 365, 30) });
const listQuery = z.object({
  page: whole(1, 1_000_000, 1),
  page_size: whole(1, 100, 50),
  start_date: optionalDay,
  end_date: optionalDay,
  status: z.enum(DAY_STATUSES, { error: DAY_STATUSES.join(", ") }).optional(),
});
const rowsQuery = z.object({
  code: z
    .string()
    .max(MAX_CODE_CHARS, { error: `at most ${MAX_CODE_CHARS} characters` })
    // Text in PostgreSQL knows no NUL, and a code holds none of its kind.
    .regex(/^\P{Cc}*$/u, { error: "no control characters" })
    .default(""),
  limit: whole(1, MAX_ROWS_SHOWN, DAY_ROWS_SHOWN),
});
/** How many records a summary shows. */
const SUMMARY_RECORDS = 10;

/** The day records of the original tool. */
export function dayRoutes(app: Hono, ports: HttpPorts): void {
  const { queries, reads } = ports;
  const today = () => queries.today().day;
  const recent = (days: number) => {
    const { from, to } = lastDays(today(), days);
    return queries.records(from, to);
  };

  async function oneRecord(day: Day): Promise<BareDayRecord> {
    const first = await reads.firstKnownDay();
    const [record] = first && day < first && day < today() ? [] : await queries.records(day, day);
    if (!record) throw new Problem("day_not_found", { day });
    return record;
  }

  app.get("/today", async (c) => success(c, recordWithSentences(await oneRecord(today()), languageFor(c))));

  app.get("/date/:day", async (c) => success(c, recordWithSentences(await oneRecord(readDay(c, "day")), languageFor(c))));

  app.get("/recent", async (c) => {
    const records = await recent(readQuery(c, daysQuery).days);
    const data = records.map((record) => recordWithSentences(record, languageFor(c)));
    return success(c, data, 200, { total: data.length });
  });

  app.get("/pending", async (c) => {
    const { days_back } = readQuery(c, z.object({ days_back: whole(1, 365, 30) }));
    const gaps = new Set(await queries.gaps(days_back));
    const records = (await recent(days_back)).filter((record) => gaps.has(record.sync_date));
    const data = records.map((record) => recordWithSentences(record, languageFor(c)));
    return success(c, data, 200, { total: data.length, dates: data.map((record) => record.sync_date) });
  });

  app.get("/summary", async (c) => {
    const records = await recent(readQuery(c, daysQuery).days);
    const shown = records.slice(0, SUMMARY_RECORDS).map((record) => recordWithSentences(record, languageFor(c)));
    return success(c, { total_days: records.length, status_count: countByStatus(records), recent_records: shown });
  });

  app.get("/list", async (c) => {
    const query = readQuery(c, listQuery);
    const to = query.end_date ?? today();
    const from = query.start_date ?? (await reads.firstKnownDay()) ?? to;
    checkShownRange(from, to, { from: "start_date", to: "end_date" });
    const inRange = await queries.records(from, to > today() ? today() : to);
    const matching = query.status ? inRange.filter((record) => record.status === query.status) : inRange;
    const at = (query.page - 1) * query.page_size;
    return success(c, {
      records: matching.slice(at, at + query.page_size).map((record) => recordWithSentences(record, languageFor(c))),
      total: matching.length,
      page: query.page,
      page_size: query.page_size,
      total_pages: Math.ceil(matching.length / query.page_size),
      stats: { total: matching.length, ...countByStatus(matching) },
    });
  });

  app.post("/check/:day", async (c) => {
    const day = readDay(c, "day");
    const { need_sync, reason } = await queries.check(day);
    const data = { need_sync, reason: say(languageFor(c), "api.needSync", { reason }) };
    return success(c, data, 200, { date: day, ...data });
  });

  app.get("/days/:day/rows", async (c) => {
    const { code, limit } = readQuery(c, rowsQuery);
    return success(c, await reads.dayRows(readDay(c, "day"), code, limit));
  });

  app.get("/coverage", async (c) => {
    const query = readQuery(c, z.object({ from: optionalDay, to: optionalDay }));
    const to = query.to ?? today();
    const from = query.from ?? addDays(to, -90);
    checkShownRange(from, to, { from: "from", to: "to" });
    return success(c, await queries.coverage(from, to));
  });
}

function countByStatus(records: BareDayRecord[]): Record<(typeof DAY_STATUSES)[number], number> {
  const counts = { pending: 0, syncing: 0, success: 0, failed: 0, skipped: 0 };
  for (const record of records) counts[record.status] += 1;
  return counts;
}
