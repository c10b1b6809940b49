"use client";

import { useTranslations } from "use-intl";
import type { SampleRow } from "@/lib/contract/source";

/** The columns by which a person knows a good row; the others follow from the same source. */
const SHOWN = [
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
const TEXTS: ReadonlySet<string> = new Set(["stock_code", "stock_name"]);

/** The first rows of a test, with the digits that would be stored. It scrolls by itself where it is too wide. */
export function SampleRows({ rows }: { rows: readonly SampleRow[] }) {
  const t = useTranslations("settings.source.test");
  const align = (column: string) => (TEXTS.has(column) ? "text-left" : "text-right");
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
    <div tabIndex={0} role="group" aria-label={t("sample", { count: rows.length })} className="overflow-x-auto">
      <table className="w-full border-collapse">
        <caption className="pb-1.5 text-left text-ink-2 [font:var(--t-12)]">{t("sample", { count: rows.length })}</caption>
        <thead>
          <tr className="text-ink-2 [font:var(--t-12)]">
            {SHOWN.map((column) => (
              <th key={column} className={`pr-4 pb-1.5 font-normal whitespace-nowrap last:pr-0 ${align(column)}`}>
                {t(`column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={row["stock_code"] ?? at} className="border-t border-line">
              {SHOWN.map((column) => (
                <td key={column} className={`py-1.5 pr-4 whitespace-nowrap last:pr-0 ${align(column)}`}>
                  {row[column] ?? "–"}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
