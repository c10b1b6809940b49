import { isUtf8 } from "node:buffer";
import { BadRowsError, SourceError } from "@/server/sync/errors";
import { eachPortion } from "@/server/sources/bytes/portions";

const MAX_LINE_CHARS = 64 * 1024;
const NOTHING = "\\N";
/** The only escapes PostgreSQL writes (documentation of COPY, "Text Format"). */
const ESCAPES: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\" };

/**
 * Reads lines of COPY's text format and gives each to `take`, null for an absent value; the fields are valid during the
 * call only. Rejects with BadRowsError for bad UTF-8, endless lines and lines of another number of fields, SourceError for
 * an escape that PostgreSQL does not write, or the reason of the signal: all others have their turn between two portions.
 */
export async function readCopyLines(
  bytes: Buffer,
  { columns, signal }: { columns: number; signal: AbortSignal },
  take: (fields: readonly (string | null)[]) => void,
): Promise<void> {
  let line = 0;
  await eachPortion(bytes, signal, (portion) => {
    if (!isUtf8(portion))
      throw new BadRowsError({ rule: "not_in_encoding", row: line + firstBadLine(portion), encoding: "UTF-8" });
    const text = portion.toString("utf8");
    for (let at = 0; at < text.length; ) {
      line += 1;
      const end = text.indexOf("\n", at);
      if (end < 0) throw new SourceError("broken", { kind: "protocol", detail: `line ${line} of COPY has no end` });
      if (end - at > MAX_LINE_CHARS) throw new BadRowsError({ rule: "line_too_long", row: line, limit: "64 kB" });
      const fields: (string | null)[] = text.slice(at, end).split("\t");
      if (fields.length !== columns) {
        throw new BadRowsError({ rule: "column_count", row: line, got: fields.length, expected: columns });
      }
      for (let index = 0; index < columns; index += 1) {
        const field = fields[index] as string;
        if (field.includes("\\")) fields[index] = field === NOTHING ? null : unescaped(field, line);
      }
      take(fields);
      at = end + 1;
    }
  });
}

function unescaped(field: string, line: number): string {
  return field.replace(/\\(.?)/gs, (_, char: string) => {
    const meant = ESCAPES[char];
    if (meant !== undefined) return meant;
    throw new SourceError("broken", { kind: "protocol", detail: `line ${line} of COPY holds the escape \\${char}` });
  });
}

function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let at = 0; at < bytes.length; line += 1) {
    const found = bytes.indexOf("\n", at);
    const end = found < 0 ? bytes.length : found;
    if (!isUtf8(bytes.subarray(at, end))) break;
    at = end + 1;
  }
  return line;
}
