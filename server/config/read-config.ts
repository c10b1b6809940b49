import { parseEnv } from "node:util";
import { type Config, ConfigError } from "./config";
import { shownConfiguration, type Texts } from "./shown";
import { sourceFaults } from "./source-faults";
import { typoHints } from "./typo-hints";
import { type ValueOf, VARIABLES, type VariableName } from "./variables";

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
    hints: typoHints(Object.keys(texts)),
  };
  const isSaid = (name: VariableName) => Boolean(texts[name]?.trim());
  for (const { name, got, because } of sourceFaults(config, isSaid)) fault(name, got, because);
  const contradictory = config.calendarClosed.filter((day) => config.calendarOpen.includes(day));
  if (contradictory.length > 0)
    fault("CALENDAR_OPEN", contradictory.join(","), "These days are in CALENDAR_CLOSED too: leave them in one of the two.");
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}
