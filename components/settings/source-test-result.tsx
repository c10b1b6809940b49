"use client";

import { CircleAlert, CircleCheck, Info } from "lucide-react";
import { useTranslations } from "use-intl";
import { MarketRows, TELLING_COLUMNS } from "@/components/day/market-rows";
import { useDaySentences } from "@/components/day/sentences";
import { useFormat } from "@/components/shell/format";
import { Gap } from "@/components/shell/gap";
import { Sentence } from "@/components/ui/sentence";
import type { SourceTest } from "@/lib/contract/source";
import { RejectedSample } from "./rejected-sample";

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.75, className: "mt-0.5 shrink-0" } as const;

/** More are said in hours. */
const MOST_MINUTES = 90;

/** What came of a test: rows to look at, or what is wrong and what to do. */
export function SourceTestResult({ test }: { test: SourceTest }) {
  const t = useTranslations("settings.source.test");
  const advice = useTranslations("sourceAdvice");
  const sentences = useDaySentences();
  const format = useFormat();
  const { outcome, day, rows, probed } = test;
  // What would be left out has a list of its own below.
  const warnings = test.warnings.filter(({ code }) => code !== "rejected_rows" || test.rejected_sample.length === 0);
  const values = {
    day,
    source: test.source,
    rows: rows ?? 0,
    probed: String(probed),
    took: format.milliseconds(test.seconds * 1000),
  };
  return (
    <div className="grid gap-3">
      <div className="flex items-start gap-2">
        {outcome === "rows" ? <CircleCheck {...ICON} /> : null}
        {outcome === "refused" ? <CircleAlert {...ICON} className="mt-0.5 shrink-0 text-st-failed" /> : null}
        {outcome === "closed" || outcome === "nothing" ? <Info {...ICON} /> : null}
        <div className="grid min-w-0 gap-1">
          <p className="font-medium wrap-anywhere">
            <Sentence>{test.error ? sentences.error(test.error) : t(outcome, values)}</Sentence>
          </p>
          {test.advice ? (
            <p>
              <span className="text-ink-2">{t("whatToDo")}</span>
              <Gap />
              <Sentence>{adviceOf(test.advice)}</Sentence>
            </p>
          ) : null}
        </div>
      </div>
      {test.sample.length > 0 ? (
        <MarketRows rows={test.sample} columns={TELLING_COLUMNS} caption={t("sample", { count: test.sample.length })} />
      ) : null}
      {warnings.length > 0 ? (
        <ul className="grid gap-1">
          {warnings.map((warning) => (
            <li key={warning.code} className="flex items-start gap-2">
              <CircleAlert {...ICON} className="mt-0.5 shrink-0 text-st-suspect" />
              <span className="min-w-0 wrap-anywhere">
                <Sentence>{sentences.warning(warning)}</Sentence>
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {test.rejected_sample.length > 0 ? <RejectedSample rejected={test.rejected} sample={test.rejected_sample} /> : null}
    </div>
  );

  /** A code of a newer server has no sentence here; its name still tells more than nothing. */
  function adviceOf({ code, params }: NonNullable<SourceTest["advice"]>): string {
    const minutes = Number(params["minutes"]);
    if (code === "wait" && minutes > MOST_MINUTES) return t("waitLong", { left: format.duration(minutes * 60) });
    const filled = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? "–"]));
    return advice.has(code) ? advice(code, filled) : code;
  }
}
