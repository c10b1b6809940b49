import type { Day } from "@/lib/contract/day";

/** The sample market: rows a day, serial time of a fetch, days that fail, and the share of rows of days that come short. */
export interface SampleConfig {
  symbols: number;
  dayMs: number;
  failDays: Iterable<Day>;
  /** 0.9 = nine rows of ten. */
  shortDays: Iterable<readonly [Day, number]>;
}

/** Where files are and how they are read; texts as the operator wrote them. */
export interface FileSettings {
  /** Path template, or null when `FILES_URL` is not set. */
  url: string | null;
  /** `target=column,…`; null = guess from the header. */
  columns: string | null;
  /** One character; null = what the header suggests. */
  delimiter: string | null;
  /** Texts that mean "no value" in number columns, besides an empty one; null = the usual ones. */
  nulls: readonly string[] | null;
  /** `utf-8`, `gbk` or `gb18030`; null = UTF-8. */
  encoding: string | null;
  /** `target=factor,…` to canonical units; null = they are canonical. */
  units: string | null;
}

/** One file per day, the same way for all days or one way per period. */
export interface FilesConfig extends FileSettings {
  /** Path of a JSON file {from-date: settings over the ones here}; null = one period. */
  periods: string | null;
}

/** A table of another PostgreSQL. */
export interface PostgresSourceConfig {
  /** A secret; null when `POSTGRES_SOURCE_URL` is not set. */
  url: string | null;
  /** `schema.table`. */
  table: string | null;
  /** `target=column,…`; null = guess by the names of the columns. */
  columns: string | null;
}

/** Tushare Pro. */
export interface TushareConfig {
  /** A secret; null when `TUSHARE_TOKEN` is not set. */
  token: string | null;
  url: string;
}

/** Massive (formerly Polygon). */
export interface MassiveConfig {
  /** A secret; null when `MASSIVE_KEY` is not set. */
  key: string | null;
  url: string;
}

/** Where the server of Baostock listens. */
export interface BaostockConfig {
  host: string;
  port: number;
}

/** What the configuration says of the source, as plain data. */
export interface SourceConfig {
  name: string;
  sample: SampleConfig;
  files: FilesConfig;
  tushare: TushareConfig;
  massive: MassiveConfig;
  baostock: BaostockConfig;
  postgres: PostgresSourceConfig;
  /** Exchange hour (17.5 = 17:30) from which an empty trading day is an error; null = the source's own. */
  publishHour: number | null;
}

/** A setting that cannot work; the message says what to change, `variable` where. */
export class SourceConfigError extends Error {
  readonly variable: string;

  constructor(variable: string, message: string, options?: ErrorOptions) {
    super(`${variable}: ${message}`, options);
    this.name = "SourceConfigError";
    this.variable = variable;
  }
}
