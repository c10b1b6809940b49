import { homedir } from "node:os";
import { expect, test } from "vitest";
import { projectFiles, ROOT } from "../support/project-files";

const TEXT = /\.(ts|tsx|mjs|js|json|css|md|sql|yaml|yml|toml|txt|sh|example|html)$|^(\.\w+|run|Dockerfile|LICENSE)$/;

/** Somebody's folders: this checkout, the home of whoever runs the tests, and what homes look like elsewhere. */
const PLACES = [ROOT, ...(homedir().split("/").length > 2 ? [homedir()] : [])];
const HOMES = /(?<![\w.])\/(home|Users)\/[a-z][\w-]*\/|[A-Z]:\\Users\\/;

test("no file names a folder of somebody's machine", () => {
  const named = projectFiles(TEXT).filter(({ text }) => PLACES.some((place) => text.includes(`${place}/`)) || HOMES.test(text));
  expect(named.map(({ path }) => path)).toEqual([]);
});

test("no file leans on anything beside the checkout", () => {
  const up = [
    ["..", "shared"],
    ["..", "seeds"],
  ].map((parts) => parts.join("/"));
  const leaning = projectFiles(TEXT).filter(({ text }) => up.some((path) => text.includes(path)));
  expect(leaning.map(({ path }) => path)).toEqual([]);
});
