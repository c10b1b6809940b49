import { quotedTable } from "@/server/db/table-name";
import {
  anyText,
  DAYS_EXPECTED,
  DAYS_REMEDY,
  days,
  delimiter,
  MS_REMEDY,
  parts,
  postgresUrl,
  reads,
  shortDays,
  variable,
  wholeNumber,
  yesOrNo,
} from "./readers";

/** What the sample market shows. */
export const SAMPLE_VARIABLES = {
  SAMPLE_SYMBOLS: variable({
    standard: "5400",
    expected: "a whole number from 1 to 100000",
    remedy: "Say how many rows a day has",
    schema: wholeNumber(1, 100_000),
  }),
  SAMPLE_DAY_MS: variable({
    standard: "0",
    expected: "milliseconds from 0 to 3600000",
    remedy: MS_REMEDY,
    schema: wholeNumber(0, 3_600_000),
  }),
  SAMPLE_FAIL_DAYS: variable({ standard: null, expected: DAYS_EXPECTED, remedy: DAYS_REMEDY, schema: days }),
  SAMPLE_SHORT_DAYS: variable({
    standard: null,
    expected: "day:share pairs with shares from 0 to 1, separated by commas",
    remedy: "Write for example 2024-03-05:0.9",
    schema: shortDays,
  }),
  SAMPLE_INTO_EXISTING: variable({
    standard: "false",
    expected: "true or false",
    remedy: "Set true only for a database to try things out",
    schema: yesOrNo,
  }),
} as const;

/** Where files are and how they are read. */
export const FILE_VARIABLES = {
  FILES_URL: variable({
    standard: null,
    expected: "a path or URL with {yyyy}, {MM}, {dd}, {yyyyMMdd} or {yyyy-MM-dd}",
    remedy: "Write for example /data/{yyyy}/{yyyyMMdd}.csv.gz",
    schema: anyText,
  }),
  FILES_COLUMNS: variable({
    standard: null,
    expected: "target=column pairs, separated by commas",
    remedy: "Write for example stock_code=Name,close_price=close",
    schema: anyText,
  }),
  FILES_DELIMITER: variable({
    standard: null,
    expected: "one character, or tab, comma, semicolon, pipe, space",
    remedy: "Leave it out to let the header decide",
    schema: delimiter,
  }),
  FILES_NULLS: variable({
    standard: null,
    expected: "tokens, separated by commas",
    remedy: "Write for example -,NA,NULL",
    schema: reads((value): string[] => parts(value)),
  }),
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
