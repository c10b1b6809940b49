import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/project-files";

interface Manifest {
  license?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const readJson = <Shape>(path: string) => JSON.parse(readFileSync(join(ROOT, path), "utf8")) as Shape;
const manifest = readJson<Manifest>("package.json");
const lock = readJson<{ packages: Record<string, Manifest & { version?: string; resolved?: string }> }>("package-lock.json");

const direct = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };

test("every dependency is pinned to one version, and the lock holds that one", () => {
  expect(Object.entries(direct).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  const others = Object.entries(direct).filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version);
  expect(others).toEqual([]);
});

test("the lock is complete for every platform: each optional package of each package has an entry", () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !placesFor(path, name).some((place) => lock.packages[place]))
      .map((name) => `${path || "dayfill"} wants ${name}`),
  );
  expect(missing).toEqual([]);
});

/** Where Node would look for `name` from a package: its own folder first, then outwards. */
function placesFor(path: string, name: string): string[] {
  const parts = path === "" ? [] : path.split(/\/?node_modules\//).filter((part) => part !== "");
  const folders = parts.map((_part, index) =>
    parts
      .slice(0, parts.length - index)
      .map((part) => `node_modules/${part}`)
      .join("/"),
  );
  return [...folders.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
}

test("every package comes from the public registry", () => {
  const elsewhere = Object.entries(lock.packages).filter(
    ([, { resolved }]) => resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/"),
  );
  expect(elsewhere.map(([path]) => path)).toEqual([]);
});

const PERMISSIVE = new Set([
  "MIT",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "CC0-1.0",
  "Unlicense",
  "BlueOak-1.0.0",
  "PostgreSQL",
]);
/** Used beside the product, never shipped with it: a file-level copyleft does not reach us. */
const FOR_TESTS_ONLY = new Set(["MPL-2.0"]);

test("every direct dependency has a permissive licence", () => {
  const others = Object.keys(direct).flatMap((name) => {
    const { license = "none" } = lock.packages[`node_modules/${name}`] ?? {};
    const words = license.replace(/[()]/g, "").split(/ (?:AND|OR) /);
    const fine = words.every(
      (word) => PERMISSIVE.has(word) || (manifest.devDependencies?.[name] !== undefined && FOR_TESTS_ONLY.has(word)),
    );
    return fine ? [] : [`${name}: ${license}`];
  });
  expect(others).toEqual([]);
});
