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

/** Tushare Pro with a market of so many stocks on every weekday (or the days given). Answers what `fields` asks for, in pages. */
export async function startFakeTushare(options: { stocks?: number; days?: Record<Day, TushareRecord[]> } = {}) {
  const { stocks = 50, days } = options;
  const calls: TushareCall[] = [];
  /** Rows of a page, where the provider gives fewer than asked for. */
  const shape = { pageRows: CAP_ROWS, overlap: 0, fieldsReversed: false, lacking: "" };

  function tableOf({ api_name, params }: TushareCall): TushareRecord[] {
    const text = String(params["trade_date"] ?? "");
    const day = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` as Day;
    const daily = () => days?.[day] ?? (days || isWeekend(day) ? [] : tushareDay(day, stocks));
    switch (api_name) {
      case "daily":
        return daily();
      case "daily_basic":
        return daily().map(({ ts_code = null, trade_date = null }) => ({ ts_code, trade_date, turnover_rate: 1.2345 }));
      case "stock_basic": {
        const listed = tushareDay("2024-01-02", stocks).map(({ ts_code = null }, index) => ({ ts_code, name: `平安 ${index}` }));
        if (params["list_status"] === "L") return listed.slice(2);
        return listed.slice(params["list_status"] === "D" ? 0 : 1, params["list_status"] === "D" ? 1 : 2);
      }
      default:
        return [];
    }
  }

  const provider = await startFakeProvider(({ request, text }) => {
    const call = JSON.parse(text) as TushareCall;
    calls.push(call);
    const about = call.api_name;
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
