import { type Day, isDay } from "@/lib/contract/day";
import { dayIn } from "@/lib/contract/instant";

/** The three parts of a date: `20240102` (also `20240102.0`, of a column of numbers), `2024-1-2`, `2024/1/2`, `2024.1.2`, `2024年1月2日`. */
const DATE = /^(\d{4})(?:(\d\d)(\d\d)(?:\.0)?|([-/.])(\d\d?)\4(\d\d?)|年(\d\d?)月(\d\d?)日)$/;
/** What may follow a date: a time of day, and a zone behind it. */
const TIME = /[T ](\d\d?:[\d:.]+) ?(Z|UTC|[+-]\d\d:?\d\d)?$/;
const MIDNIGHT = /^[0:.]+$/;
/** A file of moments instead of days has a new text in each row. */
const MOST_KEPT = 10_000;

/**
 * The day a text names, with a time of day or without, or null. A file has few different ones, which are kept. A time with a zone is an
 * instant: at midnight UTC it stands for that date, any other is read on the clock of `zone`, that of the exchange.
 */
export function createDayReader(zone: string): (text: string) => Day | null {
  const answers = new Map<string, Day | null>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = dayNamedBy(text.trim(), zone);
    if (answers.size >= MOST_KEPT) answers.clear();
    answers.set(text, answer);
    return answer;
  };
}

function dayNamedBy(text: string, zone: string): Day | null {
  const [behind = "", time = "", offset] = TIME.exec(text) ?? [];
  const written = dateOf(text.slice(0, text.length - behind.length));
  if (written === null || offset === undefined) return written;
  const isUtc = offset === "Z" || offset === "UTC" || /^[+-][0:]+$/.test(offset);
  if (isUtc && MIDNIGHT.test(time)) return written;
  const [hour = "", ...rest] = time.split(":");
  const sinceEpochMs = Date.parse(`${written}T${[hour.padStart(2, "0"), ...rest].join(":")}${isUtc ? "Z" : withColon(offset)}`);
  return Number.isNaN(sinceEpochMs) ? null : dayIn(zone, sinceEpochMs);
}

function dateOf(text: string): Day | null {
  const [, year, ...parts] = DATE.exec(text) ?? [];
  const [month, date] = parts.filter((part) => part !== undefined && /\d/.test(part)).map((part) => part.padStart(2, "0"));
  const day = `${year}-${month}-${date}`;
  return isDay(day) ? day : null;
}

function withColon(offset: string): string {
  return offset.includes(":") ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
}
