import { readFileSync } from "node:fs";
import { type Day, isDay } from "@/lib/contract/day";
import { wordsOf } from "@/server/sync/errors";
import { type FileLayout, parseLayout } from "./layout";
import { repeatedKeys } from "./repeated-keys";
import { type FilesConfig, type FileSettings, SourceConfigError } from "@/server/sources/source-config";

/** A layout and the first day it is for; null = all days before the first period. */
interface Period {
  from: Day | null;
  layout: FileLayout;
}

export interface FilePeriods {
  /** How the file of a day is read; null where no period covers it. */
  layoutOf(day: Day): FileLayout | null;
  layouts: FileLayout[];
}

type Reading = (value: unknown) => string | null | undefined;
const text: Reading = (value) => (typeof value === "string" ? value : undefined);
/** `{"volume": 100}` is the same as `"volume=100"`. */
const pairs: Reading = (value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return text(value);
  return Object.entries(value)
    .map(([key, one]) => `${key}=${String(one)}`)
    .join(",");
};
/** What a period may say, and how it is read; undefined = not acceptable. What it does not say is as the variables say. */
const KEYS: Record<Exclude<keyof FileSettings, "nulls">, { reading: Reading; expected: string }> = {
  url: { reading: text, expected: "a text" },
  columns: { reading: pairs, expected: 'a text like "stock_code=Code" or an object' },
  units: { reading: pairs, expected: 'a text like "volume=100" or an object' },
  encoding: { reading: text, expected: "a text" },
  delimiter: { reading: text, expected: "a text" },
};
const KNOWN = [...Object.keys(KEYS), "nulls"];

/**
 * The layouts of a configuration: one for all days, or by `FILES_PERIODS` one from each of its dates on. Throws
 * SourceConfigError with all faults at once; reads the file of the periods, if one is named.
 */
export function readPeriods(config: FilesConfig): FilePeriods {
  const faults: SourceConfigError[] = [];
  const periods: Period[] = [];
  if (config.periods === null || config.url !== null) {
    const layout = parseLayout(config, (fault) => faults.push(fault));
    if (layout) periods.push({ from: null, layout });
  }
  if (config.periods !== null) periods.push(...periodsOf(config.periods, config, faults));
  const [first] = faults;
  if (first && faults.length === 1) throw first;
  if (first)
    throw new SourceConfigError(
      first.variable,
      faults
        .map(({ message }) => message)
        .join("\n  - ")
        .slice(first.variable.length + 2),
    );
  const newestFirst = periods.sort((a, b) => ((a.from ?? "") < (b.from ?? "") ? 1 : -1));
  return {
    layoutOf: (day) => newestFirst.find(({ from }) => from === null || from <= day)?.layout ?? null,
    layouts: periods.map(({ layout }) => layout),
  };
}

function periodsOf(path: string, config: FilesConfig, faults: SourceConfigError[]): Period[] {
  const fault = (words: string) => void faults.push(new SourceConfigError("FILES_PERIODS", words));
  const content = jsonOf(path, fault);
  if (content === null) return [];
  const entries = Object.entries(content);
  if (entries.length === 0) fault(`expected at least one date in ${path}, got none`);
  return entries.flatMap(([from, said]): Period[] => {
    const at = `${path}, period ${from}`;
    if (!isDay(from)) {
      fault(`expected dates like 2010-01-01 as keys in ${path}, got ${JSON.stringify(from)}`);
      return [];
    }
    if (!isObject(said)) {
      fault(`${at}: expected an object with ${KNOWN.join(", ")}, got ${JSON.stringify(said)}`);
      return [];
    }
    const settings = settingsOf(said, config, (words) => fault(`${at}: ${words}`));
    const layout = parseLayout(settings, ({ variable, message }) =>
      fault(`${at}: ${variable.replace("FILES_", "").toLowerCase()}${message.slice(variable.length)}`),
    );
    return layout ? [{ from, layout }] : [];
  });
}

/** What the variables say, and over it what the period says. */
function settingsOf(said: Record<string, unknown>, config: FilesConfig, fault: (words: string) => void): FileSettings {
  const { url, columns, units, encoding, delimiter, nulls } = config;
  const settings: FileSettings = { url, columns, units, encoding, delimiter, nulls };
  for (const [key, value] of Object.entries(said)) {
    if (key === "nulls") {
      if (Array.isArray(value) && value.every((token) => typeof token === "string")) settings.nulls = value;
      else fault(`nulls: expected a list of texts, got ${JSON.stringify(value)}`);
    } else if (isKey(key)) {
      const { reading, expected } = KEYS[key];
      const read = value === null ? null : reading(value);
      if (read === undefined) fault(`${key}: expected ${expected}, got ${JSON.stringify(value)}`);
      else settings[key] = read;
    } else fault(`expected ${KNOWN.join(", ")}, got the key ${JSON.stringify(key)}`);
  }
  return settings;
}

function jsonOf(path: string, fault: (words: string) => void): Record<string, unknown> | null {
  try {
    const json = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
    const content: unknown = JSON.parse(json);
    for (const { key, inside } of repeatedKeys(json)) {
      const at = inside.length === 0 ? path : `${path}, period ${inside.join(", ")}`;
      const what = inside.length === 0 ? "each date" : "each key";
      fault(`${at}: expected ${what} once, got ${JSON.stringify(key)} twice; put what both say into one, or correct one of them`);
    }
    if (isObject(content)) return content;
    fault(`expected an object {"2010-01-01": {"url": …}} in ${path}`);
  } catch (error) {
    fault(`expected a JSON file, ${path} cannot be read: ${wordsOf(error)}`);
  }
  return null;
}

function isKey(key: string): key is keyof typeof KEYS {
  return Object.hasOwn(KEYS, key);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
