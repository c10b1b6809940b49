import { BadRowsError } from "@/server/sync/errors";
import { type Column, COLUMNS } from "@/server/sync/rows/row";
import { SourceConfigError } from "@/server/sources/source-config";
import type { UnitFactors } from "@/server/sources/values/unit-factors";
import { refuseOtherUnit, withoutUnit } from "./header-units";

/** What a file may have: our columns, and the previous close, which is not stored but tells change and amplitude. */
export const FILE_COLUMNS = [...COLUMNS, "previous_close"] as const satisfies readonly (Column | "previous_close")[];
export type FileColumn = (typeof FILE_COLUMNS)[number];

/** Place of each column in the file, from 0; -1 = the file does not have it. */
export type ColumnPlaces = Readonly<Record<FileColumn, number>>;

/** Which header of the file (or column of the table) belongs to which column, as the configuration says. */
export type ColumnMapping = ReadonlyMap<FileColumn, string>;

const REQUIRED = ["stock_code", "close_price"] as const;
const HEADER_CHARS_SHOWN = 200;

/**
 * Well-known headers beside our own names, in the order they are tried; compared without case, blanks, `_`, `-`, `<>` and the unit behind them.
 * A header is given away once, so `turnover` is the amount unless the file has an amount, and the rate then: a rate taken
 * for an amount is seen by the average-price check, the other way round nobody would notice.
 */
const KNOWN_HEADERS: Record<FileColumn, readonly string[]> = {
  stock_code: [
    "tscode",
    "code",
    "ticker",
    "symbol",
    "securitycode",
    "windcode",
    "orderbookid",
    "股票代码",
    "证券代码",
    "代码",
    "股票代碼",
    "證券代碼",
    "代碼",
  ],
  trade_date: ["date", "day", "交易日期", "交易日", "日期"],
  stock_name: ["codename", "securityname", "name", "股票名称", "股票简称", "证券名称", "证券简称", "名称", "简称"],
  open_price: ["open", "开盘价", "开盘", "今开盘", "今开", "開盤價", "開市價"],
  close_price: ["close", "收盘价", "收盘", "收盤價", "收市價", "最新价", "现价"],
  high_price: ["high", "最高价", "最高", "最高價"],
  low_price: ["low", "最低价", "最低", "最低價"],
  volume: ["vol", "成交量", "成交股数"],
  amount: ["amt", "成交额", "成交金额", "成交額", "turnover"],
  change_pct: ["pctchg", "pctchange", "changepercent", "涨跌幅", "涨幅"],
  change_amount: ["change", "chg", "涨跌额", "涨跌"],
  turnover_rate: ["turn", "换手率", "换手", "turnover"],
  amplitude: ["振幅"],
  previous_close: ["preclose", "prevclose", "昨收", "昨收价", "昨收盘", "前收", "前收盘", "前收盘价"],
};

/** Reads `target=column,…`; null when nothing is set. Only the columns it names are read then: nothing is guessed beside it. */
export function parseColumnMapping(text: string | null, variable = "FILES_COLUMNS"): ColumnMapping | null {
  if (!text?.trim()) return null;
  const mapping = new Map<FileColumn, string>();
  for (const pair of text.split(",")) {
    const equals = pair.indexOf("=");
    const target = pair.slice(0, Math.max(0, equals)).trim();
    const header = pair.slice(equals + 1).trim();
    const column = FILE_COLUMNS.find((name) => name === target);
    if (!column || header === "") {
      throw new SourceConfigError(
        variable,
        `expected pairs like close_price=close with ${FILE_COLUMNS.join(", ")}, got ${pair.trim()}`,
      );
    }
    if (mapping.has(column)) throw new SourceConfigError(variable, `${column} is named twice`);
    mapping.set(column, header);
  }
  const missing = REQUIRED.filter((column) => !mapping.has(column));
  if (missing.length > 0)
    throw new SourceConfigError(variable, `expected ${REQUIRED.join(" and ")}, ${missing.join(" and ")} is missing`);
  return mapping;
}

/**
 * Finds our columns in the header of a file. Throws BadRowsError with what was found when one that is needed is not there, or
 * is guessed by a header that names another unit than ours, for which `factors` has nothing.
 */
export function placeColumns(
  header: readonly string[],
  mapping: ColumnMapping | null,
  factors: UnitFactors | null = null,
): ColumnPlaces {
  const headers = header.map((name) => name.trim());
  const places = mapping ? placesByMapping(headers, mapping) : placesByGuess(headers, factors);
  for (const column of REQUIRED) if (places[column] < 0) throw missingColumn(column, headers);
  return places;
}

/** The refusal of a file without a column, also for the date column of a file with several days. */
export function missingColumn(field: string, headers: readonly string[]): BadRowsError {
  const found = headers.map((name) => name || '""').join(", ");
  return new BadRowsError({
    rule: "missing_column",
    field,
    found: found.length > HEADER_CHARS_SHOWN ? `${found.slice(0, HEADER_CHARS_SHOWN)}…` : found,
  });
}

function placesByMapping(headers: readonly string[], mapping: ColumnMapping): ColumnPlaces {
  const lower = headers.map((name) => name.toLowerCase());
  const places = nowhere();
  for (const [column, name] of mapping) {
    const exact = headers.indexOf(name);
    places[column] = exact >= 0 ? exact : lower.indexOf(name.toLowerCase());
    if (places[column] < 0) throw missingColumn(`${column}=${name}`, headers);
  }
  return places;
}

function placesByGuess(headers: readonly string[], factors: UnitFactors | null): ColumnPlaces {
  const plain = headers.map(withoutDress);
  const places = nowhere();
  const given = new Set<number>();
  const give = (column: FileColumn, names: readonly string[]) => {
    for (const name of names) {
      const at = plain.indexOf(name);
      if (at < 0 || given.has(at)) continue;
      refuseOtherUnit(column, headers[at] as string, factors);
      places[column] = at;
      given.add(at);
      return;
    }
  };
  for (const column of FILE_COLUMNS) give(column, [withoutDress(column)]);
  for (const column of FILE_COLUMNS) {
    if (places[column] >= 0) continue;
    // A lone `Name` is the ticker (the S&P files); beside a code it is the name of the stock.
    give(column, column === "stock_code" ? [...KNOWN_HEADERS.stock_code, "name"] : KNOWN_HEADERS[column]);
  }
  return places;
}

function nowhere(): Record<FileColumn, number> {
  return placesOf(() => -1);
}

/** The place of each column by a rule; -1 = nowhere. */
export function placesOf(placeOf: (column: FileColumn) => number): Record<FileColumn, number> {
  return Object.fromEntries(FILE_COLUMNS.map((column) => [column, placeOf(column)])) as Record<FileColumn, number>;
}

function withoutDress(name: string): string {
  return withoutUnit(name)
    .toLowerCase()
    .replace(/[\s_<>-]/g, "");
}
