import { addDays, type Day } from "@/lib/contract/day";
import type { Clock } from "@/server/sync/ports";
import type { PrepareOptions } from "@/server/sync/stage-ports";
import type { BaostockCalls } from "./calls";
import { eachButRefused, refusalOf } from "./refused-stocks";
import { rowOf } from "./row";
import { addListed, emptyUniverse, nameOn, type Universe, universeOf } from "./universe";

/** The calendar is one request, however many days: so far back it is compared with ours, for those who sync day by day. */
const COMPARED_DAYS = 30;
/** What a crash would ask again: at the pace of the real line hardly a list. Written after each one the notes would cost more. */
const KEEP_NOTES_EVERY_MS = 2_000;
const KEEP_NOTES_EVERY_DAYS = 25;

export interface WalkOptions extends PrepareOptions {
  clock: Pick<Clock, "monotonic">;
  /** True for a day that our calendar has closed of its own accord. */
  closedHere(day: Day): boolean;
}

/**
 * Walks the stocks once for a chunk of days: calendar, the lists of the days, then one request a stock. What the stage has
 * is not asked for again. Where no day has a list yet, nothing is kept: the source has nothing. A stock that the source
 * answers with an error is asked for once more at the end; if it fails again its words are noted, for the days it is listed on.
 */
export async function walkStocks(calls: BaostockCalls, days: readonly Day[], options: WalkOptions): Promise<void> {
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

async function listStocks(calls: BaostockCalls, days: readonly Day[], options: WalkOptions): Promise<Universe> {
  const { signal, stage, betweenRequests, clock } = options;
  const universe = universeOf(await stage.notes()) ?? (await calendarOf(calls, days, options));
  const open = days.filter((day) => !universe.closed.includes(day) && universe.listed[day] === undefined);
  let [unkeptDays, keptMs] = [0, clock.monotonic()];
  const keepNotes = async () => {
    const knowsSomething = universe.closed.length > 0 || Object.keys(universe.stocks).length > 0;
    if (knowsSomething) await stage.keepNotes(universe);
    [unkeptDays, keptMs] = [0, clock.monotonic()];
  };
  try {
    for (const day of open) {
      await betweenRequests();
      addListed(universe, day, await calls.listedOn(day, signal));
      unkeptDays += 1;
      if (unkeptDays >= KEEP_NOTES_EVERY_DAYS || clock.monotonic() - keptMs >= KEEP_NOTES_EVERY_MS) await keepNotes();
    }
  } catch (error) {
    // A ban or a pause in the middle of the lists: the next run asks for the rest only.
    if (!signal.aborted) await keepNotes();
    throw error;
  }
  await keepNotes();
  return universe;
}

/** `days` in order: which of them were closed, and what our calendar does not know to have been open. */
async function calendarOf(calls: BaostockCalls, days: readonly Day[], options: WalkOptions): Promise<Universe> {
  const [first, last] = [days[0] as Day, days.at(-1) as Day];
  const dates = await calls.tradeDates(addDays(first, -COMPARED_DAYS), last, options.signal);
  const closed = dates.flatMap(({ day, open }) => (!open && days.includes(day) ? day : []));
  const openBefore: Record<Day, Day[]> = {};
  for (const { day, open } of dates) {
    const next = open && options.closedHere(day) ? days.find((asked) => asked > day) : undefined;
    if (next) (openBefore[next] ??= []).push(day);
  }
  return emptyUniverse(closed, openBefore);
}
