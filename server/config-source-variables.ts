import { anyText, postgresUrl, reads, variable } from "./config-readers";
import { quotedTable } from "./db/table-name";

/** How files are read, besides where they are and which column is which. */
export const FILE_VARIABLES = {
  FILES_ENCODING: variable({
    standard: null,
    expected: "utf-8, gbk, gb2312 or gb18030",
    remedy: "Leave it out for UTF-8",
    schema: reads((value) => (/^(utf-?8|gbk|gb2312|gb18030)$/i.test(value) ? value : undefined)),
  }),
  FILES_UNITS: variable({
    standard: null,
    expected: "target=factor pairs, separated by commas",
    remedy: "Write for example volume=100,amount=1000",
    schema: anyText,
  }),
  FILES_PERIODS: variable({
    standard: null,
    expected: "the path of a JSON file",
    remedy: "Say in it from which date on which url, columns, units hold; docs/files-source.md shows one",
    schema: anyText,
  }),
} as const;

/** The table of another PostgreSQL. */
export const POSTGRES_SOURCE_VARIABLES = {
  POSTGRES_SOURCE_URL: variable({
    standard: null,
    expected: "postgres://user:password@host:5432/database",
    remedy: "Percent-encode special characters in the password",
    secret: true,
    schema: postgresUrl,
  }),
  POSTGRES_SOURCE_TABLE: variable({
    standard: null,
    expected: "schema.table",
    remedy: "Put a name with capitals, dots or blanks in double quotes",
    schema: reads((value) => (quotedTable(value) === null ? undefined : value)),
  }),
  POSTGRES_SOURCE_COLUMNS: variable({
    standard: null,
    expected: "target=column pairs, separated by commas",
    remedy: "Write for example stock_code=ticker,trade_date=day,close_price=close",
    schema: anyText,
  }),
} as const;
