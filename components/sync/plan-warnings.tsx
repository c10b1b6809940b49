"use client";

import { TriangleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import { Sentence } from "@/components/ui/sentence";
import type { Fact } from "@/lib/contract/problem";

/** `overwrite` stands under the checkbox that decides it, `sample_source` in the line at the top of the page. */
const SAID_ELSEWHERE = new Set(["overwrite", "sample_source"]);

/** What a plan warns of, a line each; nothing where it does not. */
export function PlanWarnings({ facts }: { facts: readonly Fact[] }) {
  const t = useTranslations("planWarning");
  const shown = facts.filter((fact) => !SAID_ELSEWHERE.has(fact.code));
  if (shown.length === 0) return null;
  return (
    <ul className="mt-2.5 grid gap-1 text-ink-2 [font:var(--t-12)]">
      {shown.map(({ code, params }) => (
        <li key={code} className="flex gap-1.5">
          <TriangleAlert aria-hidden size={14} className="mt-0.5 shrink-0 text-st-suspect" />
          <span>
            <Sentence>
              {t.has(code)
                ? t(code, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? "–"])))
                : code}
            </Sentence>
          </span>
        </li>
      ))}
    </ul>
  );
}
