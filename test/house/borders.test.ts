import { posix } from "node:path";
import { expect, test } from "vitest";
import { importsOf, projectFiles } from "../support/project-files";

interface Home {
  path: string;
  /** Homes whose files may be imported from here, besides its own. */
  mayImport: string[];
  /** What a file here may not do, and where it belongs. */
  sentence: string;
}

const ADAPTER =
  "An adapter knows lib and server/sync only. What two adapters share is a port in server/sync; what joins them belongs in server/compose.ts.";

/** The longest path that fits is the home of a file. */
const HOMES: Home[] = [
  {
    path: "lib",
    mayImport: [],
    sentence: "lib runs in browser and server and stands on nothing of ours: move what you need into lib.",
  },
  {
    path: "server/sync",
    mayImport: ["lib"],
    sentence:
      "server/sync is the domain: ask for it through a port in server/sync/*ports.ts and hand it in from server/compose.ts.",
  },
  ...["sources", "calendars", "db", "http", "realtime", "notify"].map((name) => ({
    path: `server/${name}`,
    mayImport: ["lib", "server/sync", "server/project-root"],
    sentence: ADAPTER,
  })),
  {
    path: "server/bootstrap",
    mayImport: [],
    sentence: "The bootstrap runs before anything is installed: it imports its own folder only.",
  },
  {
    path: "server",
    mayImport: ["lib", "server"],
    sentence: "The server never imports app or components: shared words belong in lib.",
  },
  {
    path: "cli",
    mayImport: ["lib"],
    sentence: "The command line knows the server by its REST API only: shared words belong in lib.",
  },
  {
    path: "components/ui",
    mayImport: [],
    sentence:
      "components/ui knows React and the UI kit only: a component that knows our words belongs in another folder of components.",
  },
  {
    path: "components",
    mayImport: ["lib", "components"],
    sentence: "Components get facts by REST and socket: shared words belong in lib, never in server or app.",
  },
  {
    path: "app",
    mayImport: ["lib", "components"],
    sentence: "app holds routes only: what they show belongs in components; the server is reached by REST.",
  },
];

const homeOf = (path: string) => HOMES.filter((home) => isIn(path, home.path)).sort((a, b) => b.path.length - a.path.length)[0];
const isIn = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

const files = projectFiles(/\.(ts|tsx|mjs)$/).filter((file) => homeOf(file.path) && file.path !== "server/bootstrap.mjs");

test("no import crosses a border of the house", () => {
  const trespasses = files.flatMap((file) => {
    const home = homeOf(file.path);
    if (!home) return [];
    return importsOf(file)
      .ours.filter((target) => !isIn(target, home.path) && !home.mayImport.some((allowed) => isIn(target, allowed)))
      .map((target) => `${file.path} imports ${target}. ${home.sentence}`);
  });
  expect(trespasses).toEqual([]);
});

const topOf = (path: string) => path.split("/")[0];

test("across top folders an import says @/, and no import names an extension of a TypeScript file", () => {
  const strays = files
    .filter(({ path }) => /\.tsx?$/.test(path))
    .flatMap((file) =>
      [...file.code.matchAll(/from\s+["'](\.[^"']*)["']/g)].map((match) => ({ path: file.path, target: match[1] ?? "" })),
    )
    .filter(({ path, target }) => topOf(posix.join(path, "..", target)) !== topOf(path) || /\.tsx?$/.test(target))
    .map(({ path, target }) => `${path} imports ${target}`);
  expect(strays).toEqual([]);
});

test("there are no barrels: nothing is exported on from another file", () => {
  const barrels = files.filter(({ code }) => /^export\s+\*\s+from/m.test(code)).map(({ path }) => path);
  expect(barrels).toEqual([]);
});

const NEXT_NEEDS =
  /^app\/.*\b(page|layout|template|loading|error|global-error|not-found)\.tsx$|^(next|vitest)\.config\.(mjs|ts)$/;
const VITEST_NEEDS = /^test\/support\/(reporter|global-[\w-]+)\.ts$/;

test("default exports stand only where Next or vitest asks for one", () => {
  const defaults = projectFiles(/\.(ts|tsx|mjs)$/)
    .filter(({ code }) => /^export\s+default\b/m.test(code))
    .map(({ path }) => path)
    .filter((path) => !NEXT_NEEDS.test(path) && !VITEST_NEEDS.test(path));
  expect(defaults).toEqual([]);
});

test("the domain imports in one direction: no file comes back to itself, not even by a type", () => {
  const domain = projectFiles(/\.ts$/).filter(({ path }) => path.startsWith("server/sync/"));
  const imports = new Map(domain.map((file) => [file.path.replace(/\.ts$/, ""), importsOf(file).ours]));
  const circles: string[] = [];
  const done = new Set<string>();
  const follow = (path: string, road: string[]): void => {
    const at = road.indexOf(path);
    if (at >= 0) circles.push([...road.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const next of imports.get(path) ?? []) follow(next, [...road, path]);
    done.add(path);
  };
  for (const path of imports.keys()) follow(path, []);
  expect(circles).toEqual([]);
});
