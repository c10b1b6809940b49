import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  "server/sync/README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

test("every link of the documents leads to a file", () => {
  const dead = DOCUMENTS.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => !existsSync(join(ROOT, dirname(document), link)))
      .map((link) => `${document}: ${link}`),
  );
  expect(dead).toEqual([]);
});

test("every test that the fault list names exists, under the name it is given", () => {
  const tests = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const missing: string[] = [];
  for (const [, path = "", titles = ""] of read("docs/faults.md").matchAll(
    /`([a-z]+(?:\/[a-z]+)?\/[a-z-]+(?:\.(?:pg|e2e))?)`((?:,? \*[^*]+\*)*)/g,
  )) {
    const file = tests.find((name) => name === `${path}.ts` || name === `${path}.test.ts`);
    if (!file) missing.push(path);
    else {
      // As it is printed: words in between may stand for one of several.
      const code = read(`test/${file}`).replaceAll("\\`", "`");
      for (const [, title = ""] of titles.matchAll(/\*([^*]+)\*/g))
        if (!code.includes(title.replace(/…$/, ""))) missing.push(`${path}: ${title}`);
    }
  }
  expect(missing).toEqual([]);
});
