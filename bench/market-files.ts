import { writeFile } from "node:fs/promises";
import path from "node:path";
import { addDays, type Day } from "@/lib/contract/day";
import { calendarOf } from "@/server/calendars/registry";
import { createSampleSource } from "@/server/sources/sample";
import { asRows } from "@/server/sync/rows/cut-rows";
import { COLUMNS } from "@/server/sync/rows/row";
import { systemClock } from "@/server/system-clock";

const FIRST_DAY: Day = "2024-01-02";

/** Writes one CSV file a trading day, all 13 columns under their own names; returns the days. */
export async function marketFiles(folder: string, count: number, symbols: number): Promise<Day[]> {
  const calendar = calendarOf("XSHG");
  const source = createSampleSource({
    symbols,
    dayMs: 0,
    failDays: new Set(),
    shortDays: new Map(),
    calendar,
    clock: systemClock,
  });
  const days: Day[] = [];
  for (let day = FIRST_DAY; days.length < count; day = addDays(day, 1)) {
    if (calendar.closedReason(day)) continue;
    const fetched = await source.fetchDay(day, { signal: new AbortController().signal, onProgress: () => {} });
    if (fetched.kind !== "rows") throw new Error(`no rows for ${day}`);
    const lines = asRows(fetched.rows).map((row) => COLUMNS.map((column) => row[column] ?? "").join(","));
    await writeFile(path.join(folder, `${day}.csv`), `${[COLUMNS.join(","), ...lines].join("\n")}\n`);
    days.push(day);
  }
  return days;
}
