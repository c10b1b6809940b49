import type { Day } from "@/lib/contract/day";
import { createSource } from "@/server/sources/registry";
import { aGate } from "./fakes";

/** The source of the registry, but one day of it is fetched when it is let go: until then the task stands there. */
export function aGatedSource(day: Day): { sourceOf: typeof createSource; letGo(): void } {
  const gate = aGate();
  return {
    sourceOf: (...parts) => {
      const source = createSource(...parts);
      return {
        ...source,
        async fetchDay(asked, options) {
          if (asked === day) await gate.promise;
          return source.fetchDay(asked, options);
        },
      };
    },
    letGo: () => gate.open(),
  };
}
