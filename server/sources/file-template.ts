import { fileURLToPath } from "node:url";
import type { Day } from "@/lib/contract/day";
import { SourceConfigError } from "./source-config";

const PLACEHOLDER = /\{([^{}]*)\}/g;
const PARTS: Record<string, (day: Day) => string> = {
  "yyyy-MM-dd": (day) => day,
  yyyyMMdd: (day) => day.replaceAll("-", ""),
  yyyy: (day) => day.slice(0, 4),
  MM: (day) => day.slice(5, 7),
  dd: (day) => day.slice(8),
};

export interface FileTemplate {
  pathOf(day: Day): string;
  gzipped: boolean;
  /** False when one file holds several days: then only its date column tells them apart. */
  oneFilePerDay: boolean;
}

/** Reads `FILES_URL`: a local path (or file://) with placeholders that ends in .csv or .csv.gz. */
export function parseFileTemplate(url: string | null): FileTemplate {
  if (!url) throw new SourceConfigError("FILES_URL", "expected a path like data/{yyyy-MM-dd}.csv, got nothing");
  const template = localPath(url);
  if (!/\.csv(\.gz)?$/i.test(template)) {
    throw new SourceConfigError("FILES_URL", `expected a name that ends in .csv or .csv.gz, got ${url}`);
  }
  const names = [...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? "");
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) {
    throw new SourceConfigError("FILES_URL", `expected the placeholders {${Object.keys(PARTS).join("} {")}}, got {${unknown}}`);
  }
  const wholeDay = names.some((name) => name === "yyyy-MM-dd" || name === "yyyyMMdd");
  return {
    pathOf: (day) => template.replace(PLACEHOLDER, (_, name: string) => PARTS[name]?.(day) ?? ""),
    gzipped: /\.gz$/i.test(template),
    oneFilePerDay: wholeDay || ["yyyy", "MM", "dd"].every((name) => names.includes(name)),
  };
}

function localPath(url: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return url;
  if (scheme !== "file") throw new SourceConfigError("FILES_URL", `expected a local path, got a ${scheme} address`);
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new SourceConfigError("FILES_URL", `expected a file:// address of this machine, got ${url}`, { cause });
  }
}
