import { SourceError } from "@/server/sync/errors";

/** What a file is by its first bytes. */
type Form = "gzip" | "zip" | "parquet" | "excel";
/** What it should be by its name. */
type Expected = "csv" | "gzip" | "zip" | "parquet";

const GZIP = "\x1f\x8b";
const ZIP = "PK\x03\x04";
/** At both ends of the file; one of them alone may be the beginning of a header. */
const PARQUET = new Set(["PAR1", "PARE"]);
/** The workbooks of old; those of today are zip archives with such a part near their beginning. */
const OLD_EXCEL = "\xd0\xcf\x11\xe0";
const EXCEL_PART = /\[Content_Types\]\.xml|xl\/|docProps\//;
const BYTES_LOOKED_AT = 4_096;

/** Throws SourceError for a file that is plainly of another form than its name says, in words that name both. */
export function refuseOtherForm(bytes: Buffer, expected: Expected, shown: string): void {
  const form = formOf(bytes.toString("latin1", 0, BYTES_LOOKED_AT), bytes.subarray(-4).toString("latin1"));
  if (form === null || form === expected) return;
  throw new SourceError("broken", { kind: "other_form", form, expected, detail: shown });
}

function formOf(start: string, end: string): Form | null {
  if (start.startsWith(GZIP)) return "gzip";
  if (PARQUET.has(end) && start.startsWith(end)) return "parquet";
  if (start.startsWith(OLD_EXCEL)) return "excel";
  if (!start.startsWith(ZIP)) return null;
  return EXCEL_PART.test(start) ? "excel" : "zip";
}
