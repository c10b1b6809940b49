import { fileURLToPath } from "node:url";
import type { Day } from "@/lib/contract/day";
import { shownUrl } from "@/server/sources/http/words";
import { SourceConfigError } from "@/server/sources/source-config";

const PLACEHOLDER = /\{([^{}]*)\}/g;
const PARTS: Record<string, (day: Day) => string> = {
  "yyyy-MM-dd": (day) => day,
  yyyyMMdd: (day) => day.replaceAll("-", ""),
  yyyy: (day) => day.slice(0, 4),
  MM: (day) => day.slice(5, 7),
  dd: (day) => day.slice(8),
};
const ENDING = /\.(csv|csv\.gz|zip|parquet)$/i;
const SOME_DAY: Day = "2024-01-02";

/** How the rows lie in a file. */
export type Packing = "csv" | "csv.gz" | "zip" | "parquet";

/** Where the file of a day is. */
export interface FileLocation {
  /** A path of this machine, or an http(s) address. */
  address: string;
  web: boolean;
  /** The address as people may read it: without password and query, where keys are. */
  shown: string;
}

export interface FileTemplate {
  locate(day: Day): FileLocation;
  packing: Packing;
  /** False when one file holds several days: then only its date column tells them apart. */
  oneFilePerDay: boolean;
}

/** Reads `FILES_URL`: a path (or file://) or an http(s) address with placeholders; its ending says how the rows are packed. */
export function parseFileTemplate(url: string | null): FileTemplate {
  if (!url) throw new SourceConfigError("FILES_URL", "expected a path like data/{yyyy-MM-dd}.csv, got nothing");
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  const web = scheme === "http" || scheme === "https";
  const template = web ? url : localPath(url, scheme);
  const names = [...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? "");
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) {
    throw new SourceConfigError("FILES_URL", `expected the placeholders {${Object.keys(PARTS).join("} {")}}, got {${unknown}}`);
  }
  const addressOf = (day: Day) => template.replace(PLACEHOLDER, (_, name: string) => PARTS[name]?.(day) ?? "");
  const shownOf = (address: string) => (web ? shownUrl(new URL(address)) : address);
  if (web && !URL.canParse(addressOf(SOME_DAY))) {
    throw new SourceConfigError(
      "FILES_URL",
      "expected an address like https://example.com/{yyyyMMdd}.csv, got one that no request can be sent to",
    );
  }
  const packing = packingOf(addressOf(SOME_DAY), web);
  if (packing === null) {
    throw new SourceConfigError(
      "FILES_URL",
      `expected a name that ends in .csv, .csv.gz, .zip or .parquet, got ${web ? shownOf(addressOf(SOME_DAY)) : url}`,
    );
  }
  const wholeDay = names.some((name) => name === "yyyy-MM-dd" || name === "yyyyMMdd");
  return {
    locate: (day) => ({ address: addressOf(day), web, shown: shownOf(addressOf(day)) }),
    packing,
    oneFilePerDay: wholeDay || ["yyyy", "MM", "dd"].every((name) => names.includes(name)),
  };
}

/** By the path, or by the end of the query (`download?file=20240102.csv`). */
function packingOf(address: string, web: boolean): Packing | null {
  const places = web ? [new URL(address).pathname, new URL(address).search] : [address];
  const endings = places.map((place) => ENDING.exec(place)?.[1]?.toLowerCase());
  return (endings.find((ending) => ending !== undefined) as Packing | undefined) ?? null;
}

function localPath(url: string, scheme: string | undefined): string {
  if (scheme === undefined) return url;
  if (scheme !== "file") {
    throw new SourceConfigError("FILES_URL", `expected a path or an http(s) address, got a ${scheme} address`);
  }
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new SourceConfigError("FILES_URL", `expected a file:// address of this machine, got ${url}`, { cause });
  }
}
