import type { Day } from "@/lib/contract/day";
import { dayIn } from "@/lib/contract/instant";
import { SourceError } from "@/server/sync/errors";
import { numberFault, wholeNumberText } from "@/server/sync/rows/number-text";
import type { Clock } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import type { Row } from "@/server/sync/rows/row";
import { accountOf } from "./calls/account";
import { createBudget } from "./calls/budget";
import { productText } from "./values/decimal-text";
import { createHttp, type HttpLimits } from "./http/http";
import { isObject, jsonObjectOf, valueText } from "./http/json-rows";
import { refusalOfMassive } from "./massive/refusal";
import { type MassiveConfig, SourceConfigError } from "./source-config";

const ZONE = "America/New_York";
const USUAL_PUBLISH_HOUR = 20.5;
/** 12,000 tickers make about 1.5 MB; what is parsed at one go must not keep the process busy for long. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const CENT_PLACES = 2;

export interface MassiveOptions extends MassiveConfig {
  clock: Clock;
  limits?: Partial<HttpLimits>;
  publishHour?: number;
}

/**
 * All US stocks of a day from Massive (formerly Polygon), unadjusted, in one call. The answer holds no names, no previous
 * close and no turnover: those stay NULL. The amount is volume × volume-weighted price. Throws SourceConfigError without a key.
 */
export function createMassiveSource(options: MassiveOptions): Source {
  const { key, url, clock, limits = {}, publishHour = USUAL_PUBLISH_HOUR } = options;
  if (!key)
    throw new SourceConfigError("MASSIVE_KEY", "expected an API key from https://massive.com/dashboard/keys, got nothing");
  const http = createHttp({
    secrets: [key],
    limits: { maxWireBytes: MAX_ANSWER_BYTES, maxDecodedBytes: MAX_ANSWER_BYTES, ...limits },
  });
  const budget = createBudget({ clock, zone: ZONE });

  const askDay = async (day: Day, signal: AbortSignal): Promise<unknown[]> => {
    await budget.take(signal);
    const path = `v2/aggs/grouped/locale/us/market/stocks/${day}?adjusted=false`;
    const headers = { authorization: `Bearer ${key}`, accept: "application/json" };
    const answer = await http.ask({ url: `${url.replace(/\/+$/, "")}/${path}`, headers, signal });
    const refusal = refusalOfMassive(answer, key, clock);
    if (refusal) {
      budget.refused(refusal);
      throw refusal;
    }
    const object = jsonObjectOf(answer, [key]);
    const { resultsCount } = object;
    const results = object["results"] ?? [];
    const protocol = (what: string) => new SourceError("broken", { kind: "protocol", detail: `${answer.detail} (${what})` });
    if (!Array.isArray(results) || typeof object["status"] !== "string") throw protocol("no results, no status");
    if (object["adjusted"] === true) throw protocol("adjusted prices");
    // A closed day says 0 and has no results; any other difference is a day that is not whole.
    if (typeof resultsCount === "number" && resultsCount !== results.length) {
      throw protocol(`resultsCount ${resultsCount}, results ${results.length}`);
    }
    return results;
  };

  return {
    name: "massive",
    account: accountOf(key),
    sample: false,
    publishHour,
    async fetchDay(day, { signal, onProgress }) {
      signal.throwIfAborted();
      const results = await askDay(day, signal);
      if (results.length === 0) return { kind: "nothing" };
      const dayOf = createDayReader();
      const rows = results.map((result, at) => rowOf(isObject(result) ? result : {}, at + 1, dayOf));
      onProgress(rows.length, rows.length);
      return { kind: "rows", rows };
    },
    budget: () => ({ ...budget.left(), callsPerDay: 1 }),
    reopen: budget.reopen,
    close: http.close,
  };
}

function rowOf(result: Record<string, unknown>, at: number, dayOf: (unixMs: unknown) => string | null): Row {
  const text = (field: string) => valueText(result[field], at);
  const [volume, averagePrice] = [text("v"), text("vw")];
  return {
    stock_code: text("T"),
    stock_name: null,
    trade_date: dayOf(result["t"]),
    open_price: text("o"),
    close_price: text("c"),
    high_price: text("h"),
    low_price: text("l"),
    volume: volume === null ? null : inWholeShares(volume),
    amount: volume !== null && averagePrice !== null ? productText(volume, averagePrice, CENT_PLACES) : null,
    change_pct: null,
    change_amount: null,
    turnover_rate: null,
    amplitude: null,
  };
}

/** Fractions of shares are traded and counted; the table holds whole ones. What is no number stays for the row rules. */
function inWholeShares(volume: string): string {
  return numberFault(volume) === null ? (wholeNumberText(volume) ?? volume) : volume;
}

/** The New York date of a bar; nearly all bars of an answer bear the same instant. What is no instant stays as it is. */
function createDayReader(): (unixMs: unknown) => string | null {
  const days = new Map<number, Day>();
  return (unixMs) => {
    if (typeof unixMs !== "number" || !Number.isInteger(unixMs) || Math.abs(unixMs) > 8.64e15) return valueText(unixMs, 0);
    const day = days.get(unixMs) ?? dayIn(ZONE, unixMs);
    days.set(unixMs, day);
    return day;
  };
}
