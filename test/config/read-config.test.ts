import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { type Config, ConfigError } from "@/server/config/config";
import { readConfig } from "@/server/config/read-config";
import { VARIABLES } from "@/server/config/variables";
import { ROOT } from "../support/project-files";

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("nothing said gives the defaults of the contract", () => {
  expect(readConfig({})).toMatchObject({
    port: 8000,
    host: "127.0.0.1",
    publicOrigin: null,
    databaseUrl: null,
    dataDir: ".data",
    calendar: "XSHG",
    publishHour: null,
    sampleIntoExisting: false,
    loaders: 2,
    prefetchBytes: 64 * 1024 * 1024,
    dayTimeoutMs: 600_000,
    leaseTtlMs: 15_000,
    logLevel: "info",
    hints: [],
  });
  expect(readConfig({}).source).toMatchObject({ name: "sample", sample: { symbols: 5400, dayMs: 0 } });
});

test("every kind of value is read", () => {
  const config = readConfig({
    PORT: "0",
    HOST: "[::1]",
    PUBLIC_ORIGIN: "HTTPS://Dayfill.example.com:443/",
    SOURCE: "files",
    FILES_URL: "/data/{yyyyMMdd}.csv",
    FILES_DELIMITER: "tab",
    FILES_NULLS: "-, NA",
    FILES_ENCODING: "GBK",
    FILES_UNITS: "volume=100",
    CALENDAR: "XNYS",
    CALENDAR_CLOSED: "2024-03-05, 2024-03-06",
    SAMPLE_FAIL_DAYS: "2024-03-07",
    SAMPLE_SHORT_DAYS: "2024-03-05:0.9,2024-03-06:0",
    SAMPLE_INTO_EXISTING: "yes",
  });
  expect(config).toMatchObject({
    port: 0,
    host: "::1",
    publicOrigin: "https://dayfill.example.com",
    calendar: "XNYS",
    sampleIntoExisting: true,
  });
  expect(config.calendarClosed).toEqual(["2024-03-05", "2024-03-06"]);
  expect(config.source.files).toEqual({
    url: "/data/{yyyyMMdd}.csv",
    columns: null,
    delimiter: "\t",
    nulls: ["-", "NA"],
    encoding: "GBK",
    units: "volume=100",
    periods: null,
  });
  expect([...config.source.sample.failDays]).toEqual(["2024-03-07"]);
  expect([...config.source.sample.shortDays]).toEqual([
    ["2024-03-05", 0.9],
    ["2024-03-06", 0],
  ]);
});

test.each([
  ["18", 18],
  ["18:00", 18],
  ["17:30", 17.5],
])("PUBLISH_HOUR=%s is hour %d, for the plan and for the source", (text, hours) => {
  const config = readConfig({ PUBLISH_HOUR: text });
  expect([config.publishHour, config.source.publishHour]).toEqual([hours, hours]);
});

test("all faults are named at once, each with what was expected, what came and what to do", () => {
  const faults = faultsOf({
    PORT: "eighty",
    SOURCE: "excel",
    SAMPLE_FAIL_DAYS: "2024-02-30",
    PUBLISH_HOUR: "24",
    LOG_FORMAT: "xml",
  });
  expect(faults).toHaveLength(5);
  expect(faults).toContain('PORT: expected a port from 0 to 65535 (0 = any free one), got "eighty". Choose a free port.');
  expect(faults.map((fault) => fault.split(":")[0]).sort()).toEqual([
    "LOG_FORMAT",
    "PORT",
    "PUBLISH_HOUR",
    "SAMPLE_FAIL_DAYS",
    "SOURCE",
  ]);
});

test("a database URL is never repeated, not even a broken one", () => {
  const [fault = ""] = faultsOf({ DATABASE_URL: "mysql://root:hunter2@db/market" });
  expect(fault).toMatch(/^DATABASE_URL: expected postgres:/);
  expect(fault).not.toContain("hunter2");
});

test.each(["0.0.0.0", "192.168.1.4", "example.com", "127.0.0.1.example.com"])(
  "HOST=%s is refused while there are no accounts",
  (host) => {
    expect(faultsOf({ HOST: host })[0]).toContain("no accounts");
  },
);

test.each(["https://example.com/path", "ftp://example.com", "example.com", "https://user@example.com"])(
  "%s is no PUBLIC_ORIGIN",
  (origin) => {
    expect(faultsOf({ PUBLIC_ORIGIN: origin })).toHaveLength(1);
  },
);

test("baostock needs nothing but its name, and may be told another address", () => {
  expect(readConfig({ SOURCE: "baostock" }).source).toMatchObject({
    name: "baostock",
    baostock: { host: "public-api.baostock.com", port: 10_030 },
  });
  expect(readConfig({ BAOSTOCK_HOST: "10.0.0.7", BAOSTOCK_PORT: "99" }).source.baostock).toEqual({ host: "10.0.0.7", port: 99 });
  expect(faultsOf({ BAOSTOCK_HOST: "http://x/", BAOSTOCK_PORT: "0" })).toHaveLength(2);
});

test("files without FILES_URL, and a day that is both open and closed, are refused", () => {
  expect(faultsOf({ SOURCE: "files" })[0]).toContain("FILES_URL");
  expect(faultsOf({ CALENDAR_OPEN: "2024-03-05", CALENDAR_CLOSED: "2024-03-05" })[0]).toContain("2024-03-05");
});

test.each([
  ["tushare", "TUSHARE_TOKEN", { CALENDAR: "XSHG" }],
  ["massive", "MASSIVE_KEY", { CALENDAR: "XNYS" }],
])("SOURCE=%s without %s is refused with the place where to get one", (name, variable, env) => {
  const [fault = "", ...more] = faultsOf({ SOURCE: name, ...env });
  expect(more).toEqual([]);
  expect(fault).toMatch(new RegExp(`^${variable}: .*SOURCE=${name} needs it.*https://`));
  expect(readConfig({ SOURCE: name, ...env, [variable]: "abc123" }).source[name as "tushare"]).toMatchObject({
    url: expect.stringContaining(`api.${name}.`),
  });
});

test("a token with a blank in it is refused without being repeated", () => {
  const faults = faultsOf({ SOURCE: "tushare", TUSHARE_TOKEN: "hunter2 hunter3" });
  expect(faults[0]).toMatch(/^TUSHARE_TOKEN: /);
  expect(faults.join()).not.toContain("hunter");
});

test("a source of one exchange under the calendar of another is refused with the one to set", () => {
  expect(faultsOf({ SOURCE: "massive", MASSIVE_KEY: "k" })).toEqual([expect.stringContaining("set CALENDAR=XNYS")]);
  expect(faultsOf({ SOURCE: "tushare", TUSHARE_TOKEN: "t", CALENDAR: "XHKG" })).toEqual([
    expect.stringContaining("set CALENDAR=XSHG"),
  ]);
});

const TARGET = "postgres://me:pw@localhost/market";
const source = (over: Record<string, string> = {}) => ({
  SOURCE: "postgres",
  POSTGRES_SOURCE_URL: "postgres://me:hunter2@db.example.com/quotes",
  POSTGRES_SOURCE_TABLE: "public.daily_stock_data",
  DATABASE_URL: TARGET,
  ...over,
});

test("postgres names what it lacks, and never the password", () => {
  expect(faultsOf(source())).toEqual([]);
  const missing = faultsOf({ SOURCE: "postgres" });
  expect(missing.map((fault) => fault.split(":")[0])).toEqual(["POSTGRES_SOURCE_URL", "POSTGRES_SOURCE_TABLE"]);
  const wrong = faultsOf(source({ POSTGRES_SOURCE_URL: "mysql://me:hunter2@db/quotes", POSTGRES_SOURCE_TABLE: "a.b.c" })).join();
  expect(wrong).toContain("POSTGRES_SOURCE_URL: expected postgres:");
  expect(wrong).toContain("POSTGRES_SOURCE_TABLE: expected schema.table");
  expect(wrong).not.toContain("hunter2");
});

test.each([
  ["the same address", { POSTGRES_SOURCE_URL: TARGET }],
  ["another user and the default port", { POSTGRES_SOURCE_URL: "postgresql://other@localhost:5432/market" }],
  ["another name of this machine", { POSTGRES_SOURCE_URL: "postgres://me@127.0.0.1/market" }],
  ["no schema", { POSTGRES_SOURCE_URL: TARGET, POSTGRES_SOURCE_TABLE: "Daily_Stock_Data" }],
])("a source that is the table to be filled is refused: %s", (_, over) => {
  expect(faultsOf(source(over))[0]).toMatch(/^POSTGRES_SOURCE_TABLE: .*the very table that is filled/);
});

test("files may have periods instead of an address", () => {
  expect(faultsOf({ SOURCE: "files", FILES_PERIODS: "periods.json" })).toEqual([]);
});

test("the environment wins over .env, and an empty value says nothing", () => {
  const dotenv = "PORT=9000\nOPERATOR_NAME='Mei Lin'\n";
  expect(readConfig({}, dotenv)).toMatchObject({ port: 9000, operatorName: "Mei Lin" });
  expect(readConfig({ PORT: "9001", OPERATOR_NAME: "" }, dotenv)).toMatchObject({ port: 9001, operatorName: "Mei Lin" });
});

test("a variable of a later version is ignored, a name one letter off a known one is hinted at", () => {
  expect(readConfig({ FILES_UNITS: "t", HOSTNAME: "box", SCHEDULE_ENABLED: "true" }).hints).toEqual([]);
  expect(readConfig({ SAMPLE_SYMBOL: "10" }).hints).toEqual([
    "SAMPLE_SYMBOL is not a variable of this version. Did you mean SAMPLE_SYMBOLS?",
  ]);
});

test(".env.example names every variable with its default, and no other", () => {
  const text = readFileSync(join(ROOT, ".env.example"), "utf8");
  const set = parseEnv(text);
  const names = [...text.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]);
  expect(names).toEqual(Object.keys(VARIABLES));
  for (const [name, { standard }] of Object.entries(VARIABLES)) expect([name, set[name] ?? null]).toEqual([name, standard]);
  // Only where the values come from differs.
  const values = (config: Config) => ({ ...config, shown: config.shown.map(({ name, value }) => [name, value]) });
  expect(values(readConfig(set))).toEqual(values(readConfig({})));
});
