"use client";

import { useTranslations } from "use-intl";
import { Sentence } from "@/components/ui/sentence";
import type { SourceTest } from "@/lib/contract/source";

/** Enough to see what is wrong with the rows. */
const SHOWN = 5;

/** The first of the rows that would be left out, each with its place and why. */
export function RejectedSample({ rejected, sample }: { rejected: number; sample: SourceTest["rejected_sample"] }) {
  const t = useTranslations("settings.source.test");
  const why = useTranslations("task.rejected.problem");
  return (
    <div className="grid gap-1">
      <p>{t("rejected", { count: rejected })}</p>
      <ul className="grid gap-0.5 text-ink-2">
        {sample.slice(0, SHOWN).map(({ row, code, field, value, problem, digits }) => (
          <li key={row} className="wrap-anywhere">
            <Sentence>
              {t("rejectedRow", {
                row,
                code: code ?? "–",
                field,
                known: String(value !== null),
                value: value ?? "",
                why: why.has(problem) ? why(problem, { digits: digits ?? 0 }) : problem,
              })}
            </Sentence>
          </li>
        ))}
      </ul>
    </div>
  );
}
