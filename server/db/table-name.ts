const PART = String.raw`(?:"(?:[^"]|"")+"|[^".\s]+)`;
const TABLE = new RegExp(`^(?:(${PART})\\.)?(${PART})$`);

/** A name in double quotes, whatever it holds. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table` or `table` as SQL reads it (names without quotes in lower case), quoted; null for anything else. */
export function quotedTable(text: string): string | null {
  const [whole, schema, table] = TABLE.exec(text.trim()) ?? [];
  if (whole === undefined || table === undefined) return null;
  return [schema, table].flatMap((part) => (part === undefined ? [] : [inQuotes(part)])).join(".");
}

function inQuotes(part: string): string {
  return part.startsWith('"') ? part : quoted(part.toLowerCase());
}
