import type { Day } from "@/lib/contract/day";
import { BadRowsError } from "@/server/sync/errors";
import type { Row } from "@/server/sync/rows/row";

export const DAY: Day = "2024-01-02";

/** A row without fault; `over` puts one in. */
export function row(over: Partial<Row> = {}): Row {
  return {
    stock_code: "600000",
    stock_name: "澄岳科技",
    trade_date: DAY,
    open_price: "10.00",
    close_price: "10.20",
    high_price: "10.50",
    low_price: "9.90",
    volume: "1000",
    amount: "10100.00",
    change_pct: "1.00",
    change_amount: "0.10",
    turnover_rate: "0.5",
    amplitude: "6.00",
    ...over,
  };
}

/** `count` good rows with codes of their own, followed by the given ones. */
export function dayWith(count: number, ...others: Row[]): Row[] {
  return [...Array.from({ length: count }, (_, index) => row({ stock_code: String(100_000 + index) })), ...others];
}

/** The params of the BadRowsError that `judge` throws. */
export function refusalOf(judge: () => unknown): BadRowsError["params"] {
  try {
    judge();
  } catch (error) {
    if (error instanceof BadRowsError) return error.params;
    throw error;
  }
  throw new Error("the rows were accepted");
}
