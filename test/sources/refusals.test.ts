import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { SOURCES } from "@/server/sources/registry";
import type { SourceRefusal } from "@/server/sync/errors";
import { everyCase, type Provider } from "./refusals/case";
import { PROVIDERS } from "./refusals/providers";

const ROOT = resolve(import.meta.dirname, "../..");

/** tsc asks for a class that is added. */
const CLASSES = Object.keys({
  later: 0,
  rate: 0,
  quota: 0,
  auth: 0,
  plan: 0,
  broken: 0,
} satisfies Record<SourceRefusal, 0>) as SourceRefusal[];

const REAL = SOURCES.map(({ name }) => name).filter((name) => name !== "sample");

describe.each(REAL)("the source %s", (source) => {
  const ways = PROVIDERS.filter((provider) => provider.source === source);

  test("is told of, from the bytes of its refusals to what an operator reads", () => {
    expect(ways.length).toBeGreaterThan(0);
  });

  test.each(CLASSES)("has a case of the class %s, or says why it has none", (refusal) => {
    for (const { name, cases } of ways) {
      const said = cases[refusal];
      if (typeof said === "string") expect(said.split(" ").length, name).toBeGreaterThan(4);
      else expect(said.length, name).toBeGreaterThan(0);
    }
  });
});

/** The first cells of the tables about refusals under a heading; the table of the columns is another one. */
function guideOf({ guide: { document, heading } }: Provider): string[] {
  const [, section = ""] = `\n${readFileSync(join(ROOT, document), "utf8")}`.split(`\n${heading}\n`);
  const [text = ""] = section.split("\n## ");
  return text
    .split("\n\n")
    .map((block) => block.trim())
    .filter((block) => block.startsWith("|") && !block.startsWith("| column |"))
    .flatMap((table) => table.split("\n").slice(2))
    .map((line) => line.split("|")[1]?.trim() ?? "");
}

describe.each(PROVIDERS)("the guide on $name", (provider) => {
  const elsewhere = provider.shownElsewhere ?? {};

  test("tells of every case, and nothing that no test shows", () => {
    const shown = [...everyCase(provider).map(({ guide }) => guide), ...Object.keys(elsewhere)];
    expect(guideOf(provider).toSorted()).toEqual([...new Set(shown)].toSorted());
  });

  test("names tests that exist for what is shown elsewhere", () => {
    expect(Object.values(elsewhere).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
