import { describe, expect, test } from "vitest";
import { parseColumnMapping, placeColumns } from "@/server/sources/csv/columns";
import { parseUnitFactors } from "@/server/sources/values/unit-factors";
import { BadRowsError } from "@/server/sync/errors";
import { type Column, COLUMNS } from "@/server/sync/rows/row";
import { sentencesOf } from "../sentences";

/** Our column → header of the file, for what was found. */
function found(header: string, mapping: string | null = null): Partial<Record<Column, string>> {
  const headers = header.split(",");
  const places = placeColumns(headers, parseColumnMapping(mapping));
  return Object.fromEntries(COLUMNS.flatMap((column) => (places[column] < 0 ? [] : [[column, headers[places[column]]]])));
}

describe("guesses from the header", () => {
  test("the S&P files: a lone Name is the ticker", () => {
    expect(found("date,open,high,low,close,volume,Name")).toEqual({
      stock_code: "Name",
      trade_date: "date",
      open_price: "open",
      close_price: "close",
      high_price: "high",
      low_price: "low",
      volume: "volume",
    });
  });

  test("beside a code, name is the name of the stock", () => {
    expect(found("Name,symbol,close")).toEqual({ stock_code: "symbol", stock_name: "Name", close_price: "close" });
  });

  test("the names of Tushare and Baostock", () => {
    expect(found("ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount")).toMatchObject({
      stock_code: "ts_code",
      change_amount: "change",
      change_pct: "pct_chg",
      volume: "vol",
      amount: "amount",
    });
    expect(found("date,code,open,high,low,close,preclose,volume,amount,turn,tradestatus,pctChg")).toMatchObject({
      turnover_rate: "turn",
      change_pct: "pctChg",
      close_price: "close",
    });
  });

  test("Chinese headers", () => {
    expect(found("日期,股票代码,股票名称,开盘,收盘,最高,最低,成交量,成交额,振幅,涨跌幅,涨跌额,换手率")).toMatchObject({
      trade_date: "日期",
      close_price: "收盘",
      amplitude: "振幅",
      turnover_rate: "换手率",
    });
  });

  test("Chinese headers with our units behind them, as the exports of terminals and web pages have them", () => {
    const wind =
      "证券代码,证券简称,交易日期,前收盘价(元),开盘价（元）,最高价[元],最低价(元),收盘价(元),成交量(股),成交金额(元),涨跌(元),涨跌幅%,换手率(%)";
    expect(found(wind)).toEqual({
      stock_code: "证券代码",
      stock_name: "证券简称",
      trade_date: "交易日期",
      open_price: "开盘价（元）",
      close_price: "收盘价(元)",
      high_price: "最高价[元]",
      low_price: "最低价(元)",
      volume: "成交量(股)",
      amount: "成交金额(元)",
      change_amount: "涨跌(元)",
      change_pct: "涨跌幅%",
      turnover_rate: "换手率(%)",
    });
    // What else stands in brackets is another thing.
    expect(found("代码,收盘(前复权),收盘(元)")).toMatchObject({ close_price: "收盘(元)" });
    expect(() => found("代码,收盘(前复权)")).toThrow(BadRowsError);
  });

  test("prices of the day as quote pages name them, traditional characters, and names in angle brackets", () => {
    expect(found("代码,名称,最新价,涨跌幅,今开,昨收")).toMatchObject({ close_price: "最新价", open_price: "今开" });
    expect(found("代码,现价,收盘")).toMatchObject({ close_price: "收盘" });
    expect(found("股票代碼,開盤價,收盤價,最高價,最低價")).toMatchObject({ stock_code: "股票代碼", close_price: "收盤價" });
    expect(found("<TICKER>,<DATE>,<OPEN>,<CLOSE>,<VOL>")).toEqual({
      stock_code: "<TICKER>",
      trade_date: "<DATE>",
      open_price: "<OPEN>",
      close_price: "<CLOSE>",
      volume: "<VOL>",
    });
  });

  test("a header with another unit is refused with the factor to set, and read once it is set", () => {
    const header = ["代码", "收盘", "成交量(手)", "成交额(万元)"];
    const refusalOf = (units: string) => {
      try {
        placeColumns(header, null, parseUnitFactors(units));
      } catch (error) {
        if (error instanceof BadRowsError) return error.params;
      }
      return null;
    };
    expect(refusalOf("")).toEqual({ rule: "other_unit", field: "volume", found: "成交量(手)", factor: "100" });
    expect(refusalOf("volume=100")).toEqual({ rule: "other_unit", field: "amount", found: "成交额(万元)", factor: "10000" });
    for (const sentence of sentencesOf(refusalOf("volume=100") ?? {})) expect(sentence).toMatch(/FILES_UNITS.*amount=10000/);
    expect(refusalOf("volume=100,amount=10000")).toBeNull();
  });

  test("case, blanks, underscores and hyphens do not matter, and an adjusted close is no close", () => {
    expect(found("Ticker,Trade Date,Adj Close,CLOSE,Turnover-Rate")).toEqual({
      stock_code: "Ticker",
      trade_date: "Trade Date",
      close_price: "CLOSE",
      turnover_rate: "Turnover-Rate",
    });
  });

  test("turnover is the amount, or the rate beside an amount", () => {
    expect(found("code,close,turnover")).toMatchObject({ amount: "turnover" });
    expect(found("code,close,turnover,amount")).toMatchObject({ amount: "amount", turnover_rate: "turnover" });
  });

  test("our own names win over well-known ones", () => {
    expect(found("close,close_price,code,stock_code")).toEqual({ stock_code: "stock_code", close_price: "close_price" });
  });
});

describe("FILES_COLUMNS", () => {
  test("only what it names is read", () => {
    expect(found("Name,close,Open,volume", "stock_code=Name, close_price=close ,open_price=open")).toEqual({
      stock_code: "Name",
      close_price: "close",
      open_price: "Open",
    });
  });

  test("the exact header wins over one that differs by case", () => {
    expect(found("CLOSE,close,c", "stock_code=c,close_price=close")).toMatchObject({ close_price: "close" });
  });

  test("nothing set means guesses", () => {
    expect(parseColumnMapping(null)).toBeNull();
    expect(parseColumnMapping(" ")).toBeNull();
  });

  test.each([
    ["an unknown target", "stock_code=a,close_price=b,price=c", /FILES_COLUMNS.*got price=c/],
    ["a pair without a column", "stock_code=a,close_price", /got close_price/],
    ["a target twice", "stock_code=a,close_price=b,close_price=c", /close_price is named twice/],
    ["no code", "close_price=b", /stock_code is missing/],
  ])("%s is a fault of the configuration", (_, text, message) => {
    expect(() => parseColumnMapping(text)).toThrow(message);
  });
});
