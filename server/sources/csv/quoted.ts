import { CsvError, type Info, parse } from "csv-parse/sync";
import { BadRowsError } from "@/server/sync/errors";
import { countLines } from "@/server/sources/bytes/portions";

/** 512 kB keep the process busy for some 20 ms; the streaming form of csv-parse costs 52 ms for the same rows. */
const PORTION_BYTES = 512 * 1024;
/** Nothing sensible between two quotes is longer: the second one is missing. */
const MAX_RECORD_CHARS = 1024 * 1024;
/** Where no line ends outside quotes for so long, there is such a record: nothing behind it needs to be looked at. */
const MAX_PORTION_BYTES = PORTION_BYTES + 4 * MAX_RECORD_CHARS;
const QUOTE = 34;
const LINE_FEED = 10;

export interface QuotedPortion {
  records: string[][];
  /** Lines of the portion. */
  lines: number;
  /** Line of the file in which a record ends, from 1; slow, for error messages. */
  lineOf(index: number): number;
}

/** Where a portion that starts at `from` may end: behind a line end that lies outside quotes, unless there is none for too long. */
export function quotedPortionEnd(bytes: Buffer, from: number): number {
  let quoted = false;
  const until = Math.min(bytes.length, from + MAX_PORTION_BYTES);
  for (let at = from; at < until; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === LINE_FEED && !quoted && at - from >= PORTION_BYTES) return at + 1;
  }
  return until;
}

/** Records of a portion with quotes. Throws BadRowsError for quotes that do not match, naming the line. */
export function parseQuoted(portion: Buffer, delimiter: string, linesBefore: number): QuotedPortion {
  const options = { delimiter, skip_empty_lines: true, relax_column_count: true, max_record_size: MAX_RECORD_CHARS };
  try {
    return {
      records: parse(portion, options),
      lines: countLines(portion),
      lineOf: (index) => {
        const withInfo = parse(portion, { ...options, info: true }) as unknown as { info: Info }[];
        return linesBefore + (withInfo[index]?.info.lines ?? 0);
      },
    };
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    if (cause.code === "CSV_QUOTE_NOT_CLOSED" || cause.code === "CSV_MAX_RECORD_SIZE") {
      // The parser noticed at the end; the quote it means is the last one.
      const row = linesBefore + countLines(portion.subarray(0, portion.lastIndexOf(QUOTE))) + 1;
      throw new BadRowsError({ rule: "unclosed_quote", row });
    }
    throw new BadRowsError({ rule: "stray_quote", row: linesBefore + Number(cause["lines"]) });
  }
}
