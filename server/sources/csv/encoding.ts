import { BadRowsError } from "@/server/sync/errors";
import { countLines, eachPortion } from "@/server/sources/bytes/portions";
import { SourceConfigError } from "@/server/sources/source-config";

/**
 * The encodings of `FILES_ENCODING` and the decoder of each. GBK and GB2312 are subsets of GB18030, whose decoder is the
 * strict one of the three: that of GBK lets the byte 0xFF through.
 */
const DECODERS: Record<string, string> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  gbk: "gb18030",
  gb2312: "gb18030",
  gb18030: "gb18030",
};
export const ENCODINGS = ["utf-8", "gbk", "gb2312", "gb18030"] as const;

const LINE_FEED = 10;
const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** With its mark or without: what a header begins with is ASCII, and one of the two bytes of each sign is zero. */
const UTF16 = /^(?:\xff\xfe|\xfe\xff|\0[\x20-\x7e]\0|[\x20-\x7e]\0[\x20-\x7e]\0)/;

/** Throws BadRowsError for a file as Excel's "Unicode text" writes it: its bytes mean nothing in the other encodings, or worse, NULs. */
export function refuseUtf16(bytes: Buffer): void {
  if (UTF16.test(bytes.toString("latin1", 0, 4))) throw new BadRowsError({ rule: "utf_16" });
}

/**
 * Makes UTF-8 of the bytes of a text file. Rejects with BadRowsError, naming the line, for bytes the encoding does not know,
 * or with the reason of the signal.
 */
export type ToUtf8 = (bytes: Buffer, signal: AbortSignal) => Promise<Buffer>;

/** Null, or UTF-8, means that the bytes stay as they are. */
export function parseEncoding(name: string | null): ToUtf8 {
  const label = DECODERS[name?.toLowerCase() ?? "utf-8"];
  if (label === undefined) {
    throw new SourceConfigError("FILES_ENCODING", `expected one of ${ENCODINGS.join(", ")}, got ${JSON.stringify(name)}`);
  }
  if (label === "utf-8") return async (bytes) => bytes;
  const encoding = name?.toUpperCase() ?? "";
  const decoder = decoderFor(label, encoding);
  return async (bytes, signal) => {
    // A file that says itself that it is UTF-8 is believed.
    if (bytes.subarray(0, 3).equals(UTF8_MARK)) return bytes;
    const parts: Buffer[] = [];
    let linesBefore = 0;
    await eachPortion(bytes, signal, (portion) => {
      const text = decoded(decoder, portion);
      if (text === null) {
        throw new BadRowsError({ rule: "not_in_encoding", row: linesBefore + firstBadLine(decoder, portion), encoding });
      }
      linesBefore += countLines(portion);
      parts.push(Buffer.from(text, "utf8"));
    });
    return Buffer.concat(parts);
  };
}

function decoderFor(label: string, encoding: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (cause) {
    throw new SourceConfigError("FILES_ENCODING", `${encoding} needs a Node.js with full ICU, as nodejs.org ships it`, { cause });
  }
}

function decoded(decoder: TextDecoder, bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** A line feed is never a part of a longer character in these encodings, so each line can be looked at alone. */
function firstBadLine(decoder: TextDecoder, bytes: Buffer): number {
  let line = 1;
  for (let at = 0; at < bytes.length; line++) {
    const found = bytes.indexOf(LINE_FEED, at);
    const end = found < 0 ? bytes.length : found;
    if (decoded(decoder, bytes.subarray(at, end)) === null) return line;
    at = end + 1;
  }
  return line;
}
