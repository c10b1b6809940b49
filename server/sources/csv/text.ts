import { isUtf8 } from "node:buffer";
import { BadRowsError, SourceError } from "@/server/sync/errors";
import { eachPortion, MAX_LINE_BYTES } from "@/server/sources/bytes/portions";

const LINE_FEED = 10;
/** `<TICKER>,<DATE>,…`: a header as MetaStock and those who follow it write it. */
const TABLE_IN_BRACKETS = /^<\w+>[,;\t|]/;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Looks at the bytes of a csv file before anything is made of them, and returns them without the byte order mark. Rejects
 * with SourceError for what is no table (empty, a web page), BadRowsError for bad UTF-8 and endless lines, or the reason of
 * the signal; `path` is for the words.
 */
export async function checkCsvBytes(bytes: Buffer, path: string, signal: AbortSignal): Promise<Buffer> {
  const body = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
  const start = body.subarray(0, MAX_LINE_BYTES).toString("latin1").trimStart();
  if (start === "") throw new SourceError("broken", { kind: "empty_file", detail: path });
  if (start.startsWith("<") && !TABLE_IN_BRACKETS.test(start)) throw new SourceError("broken", { kind: "html", detail: path });
  let line = 1;
  await eachPortion(body, signal, (portion) => {
    const everyLineIsText = isUtf8(portion);
    for (let at = 0; at < portion.length; line++) {
      const found = portion.indexOf(LINE_FEED, at);
      const end = found < 0 ? portion.length : found;
      if (!everyLineIsText && !isUtf8(portion.subarray(at, end))) throw new BadRowsError({ rule: "bad_encoding", row: line });
      if (end - at > MAX_LINE_BYTES) throw new BadRowsError({ rule: "line_too_long", row: line, limit: "64 kB" });
      at = end + 1;
    }
  });
  return body;
}
