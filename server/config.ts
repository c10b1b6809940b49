import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { CalendarId } from "@/lib/contract/calendar";
import type { Day } from "@/lib/contract/day";
import type { VariableSettings } from "@/lib/contract/settings";
import type { SourceConfig } from "@/server/sources/source-config";
import { sourceFaults } from "./config-source-faults";
import { shownConfiguration } from "./config-shown";
import { type ValueOf, VARIABLES, type VariableName } from "./config-variables";

/** Everything the server was told from outside, read once at the start. */
export interface Config {
  /** Started by `npm run dev`: pages and server are read from the sources. */
  dev: boolean;
  port: number;
  host: string;
  publicOrigin: string | null;
  /** Null = the embedded PostgreSQL below `dataDir`. */
  databaseUrl: string | null;
  dataDir: string;
  calendar: CalendarId;
  calendarClosed: Day[];
  calendarOpen: Day[];
  /** Hours of the exchange's clock with a fraction (17.5 = 17:30); null = what the source says. */
  publishHour: number | null;
  source: SourceConfig;
  sampleIntoExisting: boolean;
  loaders: number;
  prefetchBytes: number;
  dayTimeoutMs: number;
  leaseTtlMs: number;
  /** False: nothing starts by itself on this instance. */
  scheduleEnabled: boolean;
  scheduleIfBusy: ValueOf<"SCHEDULE_IF_BUSY">;
  /** Webhook for what goes wrong while nobody watches; it holds a secret. */
  notifyUrl: string | null;
  operatorName: string | null;
  logLevel: ValueOf<"LOG_LEVEL">;
  logFormat: "pretty" | "json";
  /** What the settings page shows of all this. */
  shown: VariableSettings[];
  /** Remarks for the log: names that look like a typo of a known one. */
  hints: string[];
}

type Texts = Readonly<Record<string, string | undefined>>;

/** All faults of the configuration at once: variable, expected, got, what to do. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: string[]) {
    super(
      `The configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`,
    );
    this.name = "ConfigError";
    this.faults = faults;
  }
}

/** Read before the configuration exists: where it is set, no `.env` counts. */
const IGNORE_FILE = "DAYFILL_NO_DOTENV";

const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\]|localhost)$/;

/**
 * Reads the configuration from the environment, else from the text of a `.env` file (the environment wins; an empty value
 * counts as unset). `onTerminal` decides the log format where nothing was said. Throws ConfigError.
 */
export function readConfig(environment: Texts, dotenvText = "", onTerminal = false): Config {
  const file = parseEnv(dotenvText);
  const texts: Record<string, string | undefined> = { ...file };
  for (const [name, text] of Object.entries(environment)) if (text !== undefined && text.trim() !== "") texts[name] = text;
  const faults: string[] = [];
  const fault = (name: VariableName, got: string, because = "") => {
    const { expected, remedy } = VARIABLES[name];
    faults.push(`${name}: expected ${expected}, got ${got}. ${because || `${remedy}.`}`);
  };

  function read<Name extends VariableName>(name: Name): ValueOf<Name> | null {
    const { standard, schema, ...about } = VARIABLES[name];
    const text = texts[name]?.trim() || standard;
    if (text === null) return null;
    const result = schema.safeParse(text);
    if (result.success) return result.data as ValueOf<Name>;
    fault(name, "secret" in about ? "a value that is not shown" : JSON.stringify(text));
    return null;
  }
  /** For variables with a default: null only beside a fault, and then nobody sees the value. */
  const must = <Name extends VariableName>(name: Name) => read(name) as ValueOf<Name>;

  const publishHour = read("PUBLISH_HOUR");
  const host = must("HOST");
  if (host !== null && !LOOPBACK.test(host)) {
    fault(
      "HOST",
      JSON.stringify(host),
      "This version has no accounts, so it listens on this machine only: use 127.0.0.1 with a proxy or an SSH tunnel in front.",
    );
  }
  const config: Config = {
    dev: environment["NODE_ENV"] === "development",
    port: must("PORT"),
    host: host === "[::1]" ? "::1" : host,
    publicOrigin: read("PUBLIC_ORIGIN"),
    databaseUrl: read("DATABASE_URL"),
    dataDir: must("DATA_DIR"),
    calendar: must("CALENDAR"),
    calendarClosed: read("CALENDAR_CLOSED") ?? [],
    calendarOpen: read("CALENDAR_OPEN") ?? [],
    publishHour,
    source: {
      name: must("SOURCE"),
      sample: {
        symbols: must("SAMPLE_SYMBOLS"),
        dayMs: must("SAMPLE_DAY_MS"),
        failDays: new Set(read("SAMPLE_FAIL_DAYS")),
        shortDays: new Map(read("SAMPLE_SHORT_DAYS")),
      },
      files: {
        url: read("FILES_URL"),
        columns: read("FILES_COLUMNS"),
        delimiter: read("FILES_DELIMITER"),
        nulls: read("FILES_NULLS"),
        encoding: read("FILES_ENCODING"),
        units: read("FILES_UNITS"),
        periods: read("FILES_PERIODS"),
      },
      postgres: {
        url: read("POSTGRES_SOURCE_URL"),
        table: read("POSTGRES_SOURCE_TABLE"),
        columns: read("POSTGRES_SOURCE_COLUMNS"),
      },
      tushare: { token: read("TUSHARE_TOKEN"), url: must("TUSHARE_URL") },
      massive: { key: read("MASSIVE_KEY"), url: must("MASSIVE_URL") },
      baostock: { host: must("BAOSTOCK_HOST"), port: must("BAOSTOCK_PORT") },
      publishHour,
    },
    sampleIntoExisting: must("SAMPLE_INTO_EXISTING"),
    loaders: must("SYNC_LOADERS"),
    prefetchBytes: must("SYNC_PREFETCH_BYTES"),
    dayTimeoutMs: must("DAY_TIMEOUT_MS"),
    leaseTtlMs: must("LEASE_TTL_MS"),
    scheduleEnabled: must("SCHEDULE_ENABLED"),
    scheduleIfBusy: must("SCHEDULE_IF_BUSY"),
    notifyUrl: read("NOTIFY_URL"),
    operatorName: read("OPERATOR_NAME"),
    logLevel: must("LOG_LEVEL"),
    logFormat: read("LOG_FORMAT") ?? (onTerminal ? "pretty" : "json"),
    shown: shownConfiguration(environment, file),
    hints: hintsFor(Object.keys(texts)),
  };
  const isSaid = (name: VariableName) => Boolean(texts[name]?.trim());
  for (const { name, got, because } of sourceFaults(config, isSaid)) fault(name, got, because);
  const contradictory = config.calendarClosed.filter((day) => config.calendarOpen.includes(day));
  if (contradictory.length > 0)
    fault("CALENDAR_OPEN", contradictory.join(","), "These days are in CALENDAR_CLOSED too: leave them in one of the two.");
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

/** Reads the real environment and `.env` in the working folder (never in tests). Throws ConfigError. */
export function loadConfig(): Config {
  const ignoreFile = process.env[IGNORE_FILE] !== undefined || process.env["NODE_ENV"] === "test";
  return readConfig(process.env, ignoreFile ? "" : textOf(".env"), process.stdout.isTTY);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new Error(`${path} cannot be read`, { cause: error });
  }
}

/** A name that differs from a known one by one letter is most likely a typo. Short names (PORT, HOST) are too close to others. */
function hintsFor(names: string[]): string[] {
  const known = Object.keys(VARIABLES);
  return names.flatMap((name) => {
    if (name.length < 8 || known.includes(name) || name === IGNORE_FILE) return [];
    const meant = known.find((candidate) => differByOneLetter(name.toUpperCase(), candidate));
    return meant ? [`${name} is not a variable of this version. Did you mean ${meant}?`] : [];
  });
}

/** True when one inserted, left out or changed letter makes `a` into `b`, or when they are equal. */
function differByOneLetter(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return a.slice(at + 1) === b.slice(at + 1) || a.slice(at + 1) === b.slice(at) || a.slice(at) === b.slice(at + 1);
}
