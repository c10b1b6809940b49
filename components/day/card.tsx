"use client";

import type { ReactNode } from "react";
import { Sentence } from "@/components/ui/sentence";
import type { Day } from "@/lib/contract/day";
import type { DayLook } from "./look";
import { useLookWord } from "./look-word";
import { useDaySentences } from "./sentences";
import { LookBadge } from "./status-badge";

interface Props {
  date: Day;
  look: DayLook;
  /** What to say below the head: reason, error, warnings. */
  lines: readonly string[];
  facts: readonly { term: string; value: ReactNode }[];
}

/** Everything of a day: date, state, why, and the figures. */
export function DayCard({ date, look, lines, facts }: Props) {
  const word = useLookWord();
  const { weekday } = useDaySentences();
  return (
    <>
      <div className="flex items-center justify-between gap-3">
        <span className="whitespace-nowrap [font:var(--t-14)]">
          {date} <span className="font-normal text-ink-3">{weekday(date)}</span>
        </span>
        <LookBadge look={look}>{word(look)}</LookBadge>
      </div>
      {lines.map((line) => (
        <p key={line} className="mt-0.5 text-ink-2 [overflow-wrap:anywhere]">
          <Sentence>{line}</Sentence>
        </p>
      ))}
      {facts.length > 0 && (
        <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5">
          {facts.map(({ term, value }) => (
            <div key={term} className="contents">
              <dt className="text-ink-2">{term}</dt>
              <dd className="text-right">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
