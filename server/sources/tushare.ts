import { BadRowsError, SourceError, wordsOf } from "@/server/sync/errors";
import type { Clock, Log } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import type { Row } from "@/server/sync/rows/row";
import { accountOf } from "./calls/account";
import { shiftPoint } from "./values/decimal-text";
import type { HttpLimits } from "./http/http";
import { valueText } from "./http/json-rows";
import { filledFromPreviousClose } from "./values/previous-close";
import { SourceConfigError, type TushareConfig } from "./source-config";
import { createTushareClient, type TushareRow } from "./tushare/client";
import { expectedRowsOf } from "./tushare/expected";
import { createTushareStocks } from "./tushare/stocks";

const USUAL_PUBLISH_HOUR = 17;
const DAILY = ["ts_code", "trade_date", "open", "high", "low", "close", "pre_close", "change", "pct_chg", "vol", "amount"];
/** Volume comes in lots of 100 shares, the amount in thousands. */
const LOT_POWER = 2;
const THOUSAND_POWER = 3;

export interface TushareOptions extends TushareConfig {
  clock: Clock;
  log?: Pick<Log, "warn">;
  limits?: Partial<HttpLimits>;
  publishHour?: number;
}

/**
 * A-shares from Tushare Pro (`daily`, names from `stock_basic`, turnover from `daily_basic`, and from `suspend_d` how many
 * rows a day must have). Names, turnover and the expectation are extras: where the token has no right to them the day is
 * stored without. Throws SourceConfigError without a token.
 */
export function createTushareSource(options: TushareOptions): Source {
  const { token, url, clock, log, limits = {}, publishHour = USUAL_PUBLISH_HOUR } = options;
  if (!token)
    throw new SourceConfigError("TUSHARE_TOKEN", "expected the token of your account on https://tushare.pro, got nothing");
  const client = createTushareClient({ url, token, clock, limits });
  const lists = createTushareStocks(client, clock, optionally);

  /** A second try for what may pass; a rate is waited for by the whole day, any other refusal costs the extra only. */
  async function optionally<Result>(what: string, call: () => Promise<Result>): Promise<Result | null> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        const isOfAnotherForm = error instanceof BadRowsError;
        if (!isOfAnotherForm && (!(error instanceof SourceError) || error.refusal === "rate")) throw error;
        if (!isOfAnotherForm && error.retry && attempt === 1) continue;
        log?.warn({ source: "tushare", what, err: wordsOf(error) }, "an extra of the source was refused, going on without it");
        return null;
      }
    }
  }

  async function turnoverOf(tradeDate: string, signal: AbortSignal): Promise<ReadonlyMap<string, string | null>> {
    const fields = ["ts_code", "turnover_rate"];
    const rows = await optionally("daily_basic", () =>
      client.readTable({ api: "daily_basic", params: { trade_date: tradeDate }, fields, signal }),
    );
    return new Map(rows?.map((row, at) => [String(row("ts_code")), valueText(row("turnover_rate"), at + 1)]));
  }

  return {
    name: "tushare",
    account: accountOf(token),
    sample: false,
    publishHour,
    async fetchDay(day, { signal, onProgress }) {
      signal.throwIfAborted();
      const tradeDate = day.replaceAll("-", "");
      const params = { trade_date: tradeDate };
      const onRows = (rows: number) => onProgress(rows, null);
      const table = await client.readTable({ api: "daily", params, fields: DAILY, signal, onRows });
      if (table.length === 0) return { kind: "nothing" };
      const stocks = await lists.read(signal);
      const turnover = await turnoverOf(tradeDate, signal);
      const expected = await expectedRowsOf({ client, stocks, optionally }, tradeDate, signal);
      const rows = table.map((row, at) => rowOf(row, at + 1, stocks.nameOf, turnover));
      onProgress(rows.length, rows.length);
      return expected === null ? { kind: "rows", rows } : { kind: "rows", rows, expected };
    },
    // Tushare counts each interface by itself, and no task waits for the allowance of an extra.
    budget: () => client.budget("daily"),
    reopen: () => client.reopen("daily"),
    close: client.close,
  };
}

function rowOf(
  delivered: TushareRow,
  at: number,
  nameOf: (code: string) => string | null,
  turnover: ReadonlyMap<string, string | null>,
): Row {
  const text = (field: string) => valueText(delivered(field), at);
  const scaled = (value: string | null, power: number) => (value === null ? null : shiftPoint(value, power));
  const code = text("ts_code");
  const row: Row = {
    stock_code: code && sixDigits(code),
    stock_name: code && nameOf(code),
    trade_date: dashed(text("trade_date")),
    open_price: text("open"),
    close_price: text("close"),
    high_price: text("high"),
    low_price: text("low"),
    volume: scaled(text("vol"), LOT_POWER),
    amount: scaled(text("amount"), THOUSAND_POWER),
    change_pct: text("pct_chg"),
    change_amount: text("change"),
    turnover_rate: (code && turnover.get(code)) ?? null,
    amplitude: null,
  };
  return filledFromPreviousClose(row, text("pre_close"));
}

/** `600000.SH` is stored as `600000`; the six digits are the same in no two of the three exchanges. */
function sixDigits(code: string): string {
  return /^(\d{6})\.(?:SH|SZ|BJ)$/.exec(code)?.[1] ?? code;
}

/** `20240102` as a day; anything else stays for the row rules to refuse. */
function dashed(text: string | null): string | null {
  const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})$/.exec(text ?? "") ?? [];
  return year ? `${year}-${month}-${date}` : text;
}
