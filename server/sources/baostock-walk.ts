import type { Day } from "@/lib/contract/day";
import type { PrepareOptions } from "@/server/sync/stage-ports";
import type { BaostockCalls } from "./baostock-calls";
import { eachButRefused, refusalOf } from "./baostock-refused";
import { rowOf } from "./baostock-row";
import { addListed, emptyUniverse, nameOn, type Universe, universeOf } from "./baostock-universe";

/** A list is one request: what a restart would ask again is kept this often. */
const KEEP_NOTES_EVERY_DAYS = 25;

/**
 * Walks the stocks once for a chunk of days: calendar, the lists of the days, then one request a stock. What the stage has
 * is not asked for again. Where no day has a list yet, nothing is kept: the source has nothing. A stock that the source
 * answers with an error is asked for once more at the end; if it fails again its words are noted, for the days it is listed on.
 */
export async function walkStocks(calls: BaostockCalls, days: readonly Day[], options: PrepareOptions): Promise<void> {
  const { signal, stage, onProgress, betweenRequests } = options;
  const sorted = days.toSorted();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) return;
  const universe = await listStocks(calls, sorted, options);
  const noted = Object.keys(universe.refused).length;
  const codes = Object.keys(universe.stocks).toSorted();
  if (codes.length === 0) return;

  const wanted = new Set(sorted);
  const whole = await stage.kept();
  let done = codes.filter((code) => whole.has(code)).length;
  onProgress(done, codes.length);

  async function collect(code: string): Promise<void> {
    await betweenRequests();
    const records = await calls.historyOf(code, first as Day, last as Day, signal);
    const rows = records
      .filter((record) => wanted.has(record.date as Day))
      .map((record) => rowOf(record, nameOn(universe, code, record.date as Day)));
    await stage.keep(code, rows);
    done += 1;
    onProgress(done, codes.length);
  }

  const refused = await eachButRefused(
    codes.filter((code) => !whole.has(code)),
    collect,
  );
  universe.refused = {};
  for (const code of refused) {
    const refusal = await refusalOf(() => collect(code));
    if (refusal) universe.refused[code] = String(refusal.params["detail"]);
  }
  if (noted + Object.keys(universe.refused).length > 0) await stage.keepNotes(universe);
}

async function listStocks(calls: BaostockCalls, days: readonly Day[], options: PrepareOptions): Promise<Universe> {
  const { signal, stage, betweenRequests } = options;
  const universe = universeOf(await stage.notes()) ?? (await calendarOf(calls, days, signal));
  const open = days.filter((day) => !universe.closed.includes(day) && universe.listed[day] === undefined);
  for (const [index, day] of open.entries()) {
    await betweenRequests();
    addListed(universe, day, await calls.listedOn(day, signal));
    if (index % KEEP_NOTES_EVERY_DAYS === KEEP_NOTES_EVERY_DAYS - 1) await stage.keepNotes(universe);
  }
  const knowsSomething = universe.closed.length > 0 || Object.keys(universe.stocks).length > 0;
  if (knowsSomething) await stage.keepNotes(universe);
  return universe;
}

async function calendarOf(calls: BaostockCalls, days: readonly Day[], signal: AbortSignal): Promise<Universe> {
  const closed = await calls.closedDays(days[0] as Day, days.at(-1) as Day, signal);
  return emptyUniverse(closed.filter((day) => days.includes(day)));
}
