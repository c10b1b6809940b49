"use client";

import { Mark } from "@/components/day/mark";
import type { DayLook } from "@/components/day/look";
import { useLookWord } from "@/components/day/look-word";
import type { CoverageDay } from "@/components/day/runs";
import { useFormat } from "@/components/shell/format";

const ORDER: readonly DayLook[] = ["complete", "suspect", "failed", "running", "queued", "missing"];

/** How many days are in which state. */
export function CoverageCounts({ days }: { days: readonly CoverageDay[] }) {
  const word = useLookWord();
  const format = useFormat();
  return (
    <div className="mt-3 flex flex-wrap gap-x-4 gap-y-1">
      {ORDER.map((look) => {
        const count = days.reduce((sum, day) => sum + (day.look === look ? 1 : 0), 0);
        return count === 0 ? null : (
          <Mark key={look} look={look} count={format.number(count)}>
            {word(look).toLocaleLowerCase()}
          </Mark>
        );
      })}
    </div>
  );
}
