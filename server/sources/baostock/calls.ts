import { countDays, type Day, isDay } from "@/lib/contract/day";
import { SourceError } from "@/server/sync/errors";
import { type BaostockClient, type Question, USER } from "./client";

/** Rows of one page; a full page means that there may be another one. */
export const PAGE_ROWS = 10_000;
/** An answer that goes on for ever is no answer: the longest list has some 6,000 securities. */
const MAX_PAGES = 10;
/** In this order the server sends them; the names it answers with decide. */
export const HISTORY_FIELDS = [
  "date",
  "code",
  "open",
  "high",
  "low",
  "close",
  "preclose",
  "volume",
  "amount",
  "turn",
  "tradestatus",
  "pctChg",
] as const;
export type HistoryField = (typeof HISTORY_FIELDS)[number];
export type HistoryRecord = Record<HistoryField, string>;

/** One security of a day's list. Codes bear their exchange, such as `sh.600000`. */
export interface Listed {
  code: string;
  name: string;
}

export interface BaostockCalls {
  /** Whether the exchange trades, for each day from `from` to `to` that the server knows. */
  tradeDates(from: Day, to: Day, signal: AbortSignal): Promise<{ day: Day; open: boolean }[]>;
  /** Every security of the day, indices included; none on a closed day and on one that is not published yet. */
  listedOn(day: Day, signal: AbortSignal): Promise<Listed[]>;
  /** The unadjusted daily bars of one security. */
  historyOf(code: string, from: Day, to: Day, signal: AbortSignal): Promise<HistoryRecord[]>;
}

/** Where an answer keeps its rows and their names. */
interface Call<Field extends string> {
  name: string;
  type: string;
  answerType: string;
  more: readonly string[];
  fieldsAt: number;
  wanted: readonly Field[];
  /** More rows than these would be others than were asked for. */
  mostRows?: number;
}

const DATA_AT = 6;

/** The three questions of a walk, page by page. `pageRows` is smaller in tests only. */
export function createBaostockCalls(client: Pick<BaostockClient, "ask">, pageRows = PAGE_ROWS): BaostockCalls {
  async function query<Field extends string>(call: Call<Field>, signal: AbortSignal): Promise<Record<Field, string>[]> {
    const all: Record<Field, string>[] = [];
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { type, answerType, name, more } = call;
      const question: Question = { type, answerType, fields: [name, USER, page, pageRows, ...more] };
      const records = recordsOf(await client.ask(question, signal), call);
      all.push(...records);
      const { mostRows = Number.POSITIVE_INFINITY } = call;
      if (all.length > mostRows) throw protocol(`${name}: ${all.length} rows, ${mostRows} at most were asked for`);
      if (records.length < pageRows) return all;
    }
    throw protocol(`${call.name}: more than ${MAX_PAGES} pages`);
  }

  return {
    async tradeDates(from, to, signal) {
      const wanted = ["calendar_date", "is_trading_day"] as const;
      const more = [from, to];
      const call = {
        name: "query_trade_dates",
        type: "33",
        answerType: "34",
        more,
        fieldsAt: 9,
        wanted,
        mostRows: countDays(from, to),
      };
      const days = await query(call, signal);
      return days.flatMap(({ calendar_date: day, is_trading_day: open }) => {
        return isDay(day) && (open === "0" || open === "1") ? { day, open: open === "1" } : [];
      });
    },
    async listedOn(day, signal) {
      const wanted = ["code", "code_name"] as const;
      const call = { name: "query_all_stock", type: "35", answerType: "36", more: [day], fieldsAt: 8, wanted };
      const stocks = (await query(call, signal)).map(({ code, code_name }) => ({ code, name: code_name }));
      // They are kept as JSON, which takes neither; with the rows they would be refused anyway.
      if (stocks.some(({ code, name }) => /[\0\p{Cs}]/u.test(code + name))) throw protocol(`${call.name}: a name is no text`);
      return stocks;
    },
    async historyOf(code, from, to, signal) {
      const more = [code, HISTORY_FIELDS.join(","), from, to, "d", "3"];
      const name = "query_history_k_data_plus";
      const call = {
        name,
        type: "95",
        answerType: "96",
        more,
        fieldsAt: 8,
        wanted: HISTORY_FIELDS,
        mostRows: countDays(from, to),
      };
      const records = await query(call, signal);
      const stranger = records.find((record) => record.code !== code || record.date < from || record.date > to);
      if (stranger) throw protocol(`${code} from ${from} to ${to} was asked for, ${stranger.code} of ${stranger.date} came`);
      return records;
    },
  };
}

function recordsOf<Field extends string>(answer: readonly string[], call: Call<Field>): Record<Field, string>[] {
  const data = answer[DATA_AT];
  const names = answer[call.fieldsAt];
  if (data === undefined || names === undefined) throw protocol(`${call.name}: the answer has ${answer.length} parts`);
  if (data === "") return [];
  const columns = names.split(",").map((name) => name.trim());
  const places = call.wanted.map((field) => [field, columns.indexOf(field)] as const);
  const missing = places.find(([, place]) => place < 0);
  if (missing) throw protocol(`${call.name}: no field ${missing[0]} in ${names}`);
  return parsedRecords(data, call.name).map((record, index) => {
    if (record.length !== columns.length) {
      throw protocol(`${call.name}: record ${index + 1} has ${record.length} fields, expected ${columns.length}`);
    }
    const named = {} as Record<Field, string>;
    for (const [field, place] of places) named[field] = record[place] ?? "";
    return named;
  });
}

function parsedRecords(data: string, name: string): string[][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch (error) {
    throw protocol(`${name}: the rows are not JSON`, error);
  }
  const records = (parsed as { record?: unknown } | null)?.record;
  const areRows = Array.isArray(records) && records.every((row) => Array.isArray(row) && row.every(isText));
  if (!areRows) throw protocol(`${name}: the rows are not lists of texts`);
  return records;
}

const isText = (value: unknown) => typeof value === "string";

function protocol(detail: string, cause?: unknown): SourceError {
  return new SourceError("broken", { kind: "protocol", detail }, { cause });
}
