import { expect, test } from "vitest";
import { hearingWith } from "@/server/compose/hear-others";
import type { Word } from "@/server/sync/instances/word";

test("a word that this version does not know, whatever its name, leads to a look", () => {
  let looks = 0;
  const nothing = () => {};
  const hear = hearingWith({
    hub: { lookSoon: () => void (looks += 1), hintCoverage: nothing },
    manager: { lookForCommand: nothing },
    scheduler: { lookAfresh: async () => {} },
    dispatching: { now: nothing },
  });
  for (const what of ["news", "toString", "__proto__"]) hear({ from: "another", what } as unknown as Word);
  expect(looks).toBe(3);
});
