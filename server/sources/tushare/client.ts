import { BadRowsError, SourceError } from "@/server/sync/errors";
import type { Clock } from "@/server/sync/ports";
import type { SourceBudget } from "@/server/sync/source-ports";
import { type Budget, createBudget } from "@/server/sources/calls/budget";
import type { HttpAnswer } from "@/server/sources/http/answer";
import { createHttp, type HttpLimits } from "@/server/sources/http/http";
import { refusalOfStatus } from "@/server/sources/http/refusal";
import { withoutSecrets } from "@/server/sources/http/words";
import { isObject, jsonObjectIn, jsonObjectOf } from "@/server/sources/http/json-rows";
import { refusalOfTushare, TUSHARE_ZONE } from "./refusal";

/** What one call gives at most; the rest of a table comes by `offset`. */
const PAGE_ROWS = 6_000;
/** 120,000 rows: no table we ask for is so long, so `has_more` must have lost its meaning. */
const MAX_PAGES = 20;
/** Of an answer that is no page: enough to find a secret whole before the words are cut. */
const MAX_WORDS_SEARCHED = 20_000;
const MEBIBYTE = 1024 * 1024;
/** A full page of the widest table has less than 2 MB; what is parsed at one go must not keep the process busy for long. */
const MAX_PAGE_BYTES = 16 * MEBIBYTE;

export interface TushareQuery {
  api: "daily" | "daily_basic" | "stock_basic" | "suspend_d";
  params: Readonly<Record<string, string>>;
  fields: readonly string[];
  signal: AbortSignal;
  /** Rows received so far, after each page. */
  onRows?(rows: number): void;
}

/** A row of a table, by the names of its columns. */
export type TushareRow = (field: string) => unknown;

export type TushareClient = ReturnType<typeof createTushareClient>;

/** Speaks Tushare's protocol: POST of `{api_name, token, params, fields}`, and HTTP 200 for refusals too. */
export function createTushareClient(options: { url: string; token: string; clock: Clock; limits?: Partial<HttpLimits> }) {
  const { url, token, clock } = options;
  const secrets = [token];
  const http = createHttp({
    secrets,
    limits: { maxWireBytes: MAX_PAGE_BYTES, maxDecodedBytes: MAX_PAGE_BYTES, ...options.limits },
  });
  /** Tushare counts the calls of each interface by itself. */
  const budgets = new Map<string, Budget>();
  /** Calls that the last whole table of an interface took. */
  const pagesOf = new Map<string, number>();

  function budgetOf(api: string): Budget {
    const known = budgets.get(api);
    if (known) return known;
    const budget = createBudget({ clock, zone: TUSHARE_ZONE });
    budgets.set(api, budget);
    return budget;
  }

  async function askPage({ api, params, fields, signal }: TushareQuery, offset: number) {
    const budget = budgetOf(api);
    await budget.take(signal);
    const json = { api_name: api, token, params: { ...params, limit: PAGE_ROWS, offset }, fields: fields.join(",") };
    const answer = await http.ask({ url, json, signal });
    const refused = refusedBy(answer);
    if (refused) {
      budget.refused(refused.error, refused.allowed);
      throw refused.error;
    }
    return pageOf(jsonObjectOf(answer, secrets), answer.detail, secrets);
  }

  function refusedBy(answer: HttpAnswer) {
    const object = jsonObjectIn(answer);
    const { code, msg } = object ?? {};
    if (typeof code === "number" && code !== 0 && (answer.status < 500 || msg)) {
      return refusalOfTushare({ code, msg: typeof msg === "string" ? msg : "" }, token, clock.now());
    }
    if (answer.status < 300) return null;
    const meaning = { secrets, clock, variable: "TUSHARE_TOKEN", forbidden: "auth", gateway: "later" } as const;
    return { error: refusalOfStatus(answer, meaning), allowed: {} };
  }

  /**
   * Every row of a table, page after page. A row that comes again with the next page (the table grew meanwhile) is left
   * out; one that comes with other values stays for the row rules. Rejects with SourceError or BadRowsError.
   */
  async function readTable(query: TushareQuery): Promise<TushareRow[]> {
    const rows: TushareRow[] = [];
    const seen = new Map<string, string>();
    let received = 0;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { fields, items, hasMore } = await askPage(query, received);
      const places = placesOf(fields, query.fields);
      for (const item of items) {
        const row: TushareRow = (field) => item[places.get(field) ?? -1];
        const code = String(row("ts_code"));
        const text = JSON.stringify(item);
        if (seen.get(code) === text) continue;
        seen.set(code, text);
        rows.push(row);
      }
      received += items.length;
      query.onRows?.(rows.length);
      pagesOf.set(query.api, page);
      if (!hasMore && items.length < PAGE_ROWS) return rows;
      if (items.length > 0) continue;
      // An empty page behind a full one is the end; one that promises more would leave the day half.
      if (!hasMore) return rows;
      throw new SourceError("broken", { kind: "protocol", detail: `${query.api}: has_more, 0 rows at offset ${received}` });
    }
    throw new SourceError("broken", { kind: "protocol", detail: `${query.api}: has_more after ${received} rows` });
  }

  /** What is left of the allowance of an interface, and the calls that a table of it takes. */
  const budget = (api: TushareQuery["api"]): SourceBudget => ({
    ...budgetOf(api).left(),
    callsPerDay: pagesOf.get(api) ?? 1,
  });

  return { readTable, budget, reopen: (api: TushareQuery["api"]) => budgetOf(api).reopen(), close: http.close };
}

interface Page {
  fields: string[];
  items: unknown[][];
  hasMore: boolean;
}

function pageOf(object: Record<string, unknown>, detail: string, secrets: readonly string[]): Page {
  const { data } = object;
  const { fields, items, has_more: hasMore } = isObject(data) ? data : {};
  const isPage =
    object["code"] === 0 &&
    Array.isArray(fields) &&
    fields.every((field) => typeof field === "string") &&
    Array.isArray(items) &&
    items.every((item) => Array.isArray(item) && item.length === fields.length);
  if (isPage) return { fields, items, hasMore: hasMore === true };
  const start = withoutSecrets(JSON.stringify(object).slice(0, MAX_WORDS_SEARCHED), secrets);
  throw new SourceError("broken", { kind: "protocol", detail: `${detail}: ${start}` });
}

/** Where each column stands; the answer may have them in another order, but not leave out what was asked for. */
function placesOf(fields: readonly string[], asked: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map(fields.map((field, at) => [field, at]));
  const missing = asked.find((field) => !places.has(field));
  if (missing) throw new BadRowsError({ rule: "missing_column", field: missing, found: fields.join(", ").slice(0, 200) });
  return places;
}
