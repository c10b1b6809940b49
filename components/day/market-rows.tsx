"use client";

import { useTranslations } from "use-intl";
import type { SampleRow } from "@/lib/contract/source";

/** The columns by which a person knows a good row; the others follow from the same source. */
export const TELLING_COLUMNS = [
  "stock_code",
  "stock_name",
  "open_price",
  "high_price",
  "low_price",
  "close_price",
  "volume",
  "amount",
  "change_pct",
] as const;

/** All that the table holds of a row but its day. */
export const ALL_COLUMNS = [...TELLING_COLUMNS, "change_amount", "turnover_rate", "amplitude"] as const;

const TEXTS: ReadonlySet<string> = new Set(["stock_code", "stock_name"]);

const FIGURE = /^-?\d+(\.\d+)?$/;

/** `-1234567.50` as `−1,234,567.50`: every digit that is stored, and easy to read. What is no figure stays as it is. */
export function figureText(text: string): string {
  if (!FIGURE.test(text)) return text;
  const [whole = "", fraction] = text.replace("-", "−").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

interface Props {
  rows: readonly SampleRow[];
  columns: typeof TELLING_COLUMNS | typeof ALL_COLUMNS;
  /** Names the table, above it. */
  caption: string;
}

/** Rows of the market with the digits that are (or would be) stored. The table scrolls by itself where it is too wide. */
export function MarketRows({ rows, columns, caption }: Props) {
  const t = useTranslations("column");
  const cell = (column: string, value: string | null) => {
    if (value === null) return "–";
    return TEXTS.has(column) ? value : figureText(value);
  };
  const align = (column: string) => (TEXTS.has(column) ? "text-left" : "text-right");
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
    <div tabIndex={0} role="group" aria-label={caption} className="overflow-auto">
      <table className="w-full border-collapse">
        <caption className="pb-1.5 text-left text-ink-2 [font:var(--t-12)]">{caption}</caption>
        <thead>
          <tr className="text-ink-2 [font:var(--t-12)]">
            {columns.map((column) => (
              <th key={column} className={`pr-4 pb-1.5 font-normal whitespace-nowrap last:pr-0 ${align(column)}`}>
                {t(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={row["stock_code"] ?? at} className="border-t border-line">
              {columns.map((column) => (
                <td key={column} className={`py-1.5 pr-4 whitespace-nowrap last:pr-0 ${align(column)}`}>
                  {cell(column, row[column] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
