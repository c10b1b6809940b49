import { describe, expect, test } from "vitest";
import { SOURCES } from "@/server/sources/registry";
import type { SourceRefusal } from "@/server/sync/errors";
import { PROVIDERS } from "./refusals/providers";

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
