import { BadRowsError } from "@/server/sync/errors";
import type { ColumnPlaces } from "./columns";

const LAST_DIGIT = 57;

/** True where a price cannot begin with this sign, given as its code: a letter, or one beyond ASCII. */
export function isWordSign(sign: number): boolean {
  return sign > LAST_DIGIT;
}

/**
 * Tells the header where it stands again among the rows, as in files that were put together: it is no row. Throws
 * BadRowsError for one that names other columns or puts them in another order, for all rows behind it would be read wrongly.
 * `record` counts the records of the file from 1.
 */
export function createHeaderTest(
  header: readonly string[],
  places: ColumnPlaces,
): (fields: readonly string[], record: number) => boolean {
  const names = header.map((name) => name.trim());
  const sorted = names.toSorted().join("\n");
  return (fields, record) => {
    if (!isWordSign((fields[places.close_price] ?? "").charCodeAt(0))) return false;
    const texts = fields.map((text) => text.trim());
    if (texts.every((text, at) => text === names[at])) return true;
    const isHeader = texts[places.stock_code] === names[places.stock_code] || texts.toSorted().join("\n") === sorted;
    if (isHeader) throw new BadRowsError({ rule: "other_header", row: record, found: texts.join(", ") });
    return false;
  };
}
