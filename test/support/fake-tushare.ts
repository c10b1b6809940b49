import { type Day, isWeekend } from "@/lib/contract/day";
import { startFakeProvider } from "./fake-provider";
import { anAnswer, type WireFault } from "./wire-faults";

export const TUSHARE_TOKEN = "f00dfeedf00dfeedf00dfeedf00dfeed";
const CAP_ROWS = 6_000;

export interface TushareCall {
  api_name: string;
  token: string;
  params: Record<string, string | number>;
  fields: string;
}

type TushareRecord = Record<string, string | number | null>;

/** A stock's day as Tushare has it: lots and thousands. */
export function tushareDay(day: Day, count: number): TushareRecord[] {
  const date = day.replaceAll("-", "");
  return Array.from({ length: count }, (_, index) => {
    const before = 10 + index / 100;
    return {
      ts_code: index % 2 === 0 ? `${600_000 + index}.SH` : `${String(index).padStart(6, "0")}.SZ`,
      trade_date: date,
      open: before,
      high: Number((before + 0.5).toFixed(2)),
      low: Number((before - 0.25).toFixed(2)),
      close: Number((before + 0.1).toFixed(2)),
      pre_close: before,
      change: 0.1,
      pct_chg: Number((10 / before).toFixed(4)),
      vol: 1234.56,
      amount: Number(((123_456 * (before + 0.05)) / 1_000).toFixed(3)),
    };
  });
}

/** The words of a refusal as Tushare sends them, with HTTP 200. */
export const tushareSays = (code: number, msg: string): WireFault =>
  anAnswer(JSON.stringify({ request_id: "b2c7", code, data: null, msg }));

export interface TushareWorld {
  /** Stocks on every weekday, unless the days are given. */
  stocks?: number;
  days?: Record<Day, TushareRecord[]>;
  /** Suspended on a day: no row in `daily`, unless for some hours (`suspend_timing`) only. */
  suspended?: Record<Day, { ts_code: string; suspend_timing?: string }[]>;
  /** Lines of `stock_basic` beside those of the market. */
  alsoListed?: Partial<Record<"L" | "D" | "P", TushareRecord[]>>;
}

/** Tushare Pro with a small market; of its stocks the first was delisted since, the second is paused. Answers what `fields` asks for, in pages. */
export async function startFakeTushare(world: TushareWorld = {}) {
  const { stocks = 50, days, suspended = {}, alsoListed = {} } = world;
  const calls: TushareCall[] = [];
  /** Rows of a page, where the provider gives fewer than asked for. */
  const shape = { pageRows: CAP_ROWS, overlap: 0, fieldsReversed: false, lacking: "" };

  function tableOf({ api_name, params }: TushareCall): TushareRecord[] {
    const text = String(params["trade_date"] ?? "");
    const day = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` as Day;
    const suspensions = suspended[day] ?? [];
    const absent = new Set(suspensions.flatMap(({ ts_code, suspend_timing }) => (suspend_timing ? [] : ts_code)));
    const market = () => tushareDay(day, stocks).filter(({ ts_code }) => !absent.has(String(ts_code)));
    const daily = () => days?.[day] ?? (days || isWeekend(day) ? [] : market());
    switch (api_name) {
      case "daily":
        return daily();
      case "daily_basic":
        return daily().map(({ ts_code = null, trade_date = null }) => ({ ts_code, trade_date, turnover_rate: 1.2345 }));
      case "suspend_d":
        return params["suspend_type"] === "S"
          ? suspensions.map((one) => ({ suspend_timing: null, ...one, trade_date: text, suspend_type: "S" }))
          : [];
      case "stock_basic": {
        const status = params["list_status"] as "L" | "D" | "P";
        const all = tushareDay("2024-01-02", stocks).map(({ ts_code = null }, index) => ({
          ts_code,
          name: `平安 ${index}`,
          list_date: "19910403",
          delist_date: index === 0 ? "20250630" : null,
        }));
        const listed = { L: all.slice(2), D: all.slice(0, 1), P: all.slice(1, 2) }[status];
        return [...listed, ...(alsoListed[status] ?? [])];
      }
      default:
        return [];
    }
  }

  const provider = await startFakeProvider(({ request, text }) => {
    const call = JSON.parse(text) as TushareCall;
    calls.push(call);
    // A fault may be about an interface, or about one list of the stocks: `stock_basic P`.
    const about = [call.api_name, ...(call.params["list_status"] ? [String(call.params["list_status"])] : [])].join(" ");
    const said = (code: number, msg: string, data: unknown = null) => ({
      about,
      json: { request_id: "b2c7", code, data, msg },
    });
    if (request.method !== "POST") return said(-2001, "请求方式有误");
    if (call.token !== TUSHARE_TOKEN) return said(40101, `您的token不对，请确认。${call.token}`);
    const table = tableOf(call);
    const asked = call.fields.split(",").filter((field) => field !== shape.lacking);
    const fields = shape.fieldsReversed ? asked.toReversed() : asked;
    const offset = Number(call.params["offset"] ?? 0);
    const limit = Math.min(Number(call.params["limit"] ?? CAP_ROWS), CAP_ROWS, shape.pageRows);
    const from = Math.max(0, offset - (offset > 0 ? shape.overlap : 0));
    const rows = table.slice(from, from + limit);
    const has_more = from + rows.length < table.length;
    return said(0, "", { fields, items: rows.map((row) => fields.map((field) => row[field] ?? null)), has_more, count: -1 });
  });

  return { ...provider, calls, shape, callsOf: (api: string) => calls.filter((call) => call.api_name === api) };
}

export type FakeTushare = Awaited<ReturnType<typeof startFakeTushare>>;
