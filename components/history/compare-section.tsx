"use client";

import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { LookBadge } from "@/components/day/status-badge";
import { useFormat } from "@/components/shell/format";
import { Section } from "@/components/ui/section";
import type { TaskSummary } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { type Compared, comparisonOf } from "./compare";
import { CompareRange } from "./compare-range";

const NUMBER = "pl-3 text-right whitespace-nowrap";

/** The difference of two figures as they are shown, so that a reader who subtracts finds the same. */
function toTenths(actual: number | null, predicted: number | null): number | null {
  return actual === null || predicted === null ? null : Number(actual.toFixed(1)) - Number(predicted.toFixed(1));
}

/** The plan's promise against what came: duration, days, rows, seconds a day. */
export function CompareSection({ task }: { task: TaskSummary }) {
  const t = useTranslations("task.compare");
  const verify = useTranslations("verify");
  const compares = task.task_type === "verify";
  const format = useFormat();
  const done = isFinal(task.status);
  const comparison = comparisonOf(task);
  const { predicted, actual } = comparison.seconds;
  // What was cut short says nothing about the prediction of the whole.
  const wasWhole = task.status === "completed";
  const outside = wasWhole ? comparison.outsideSeconds : null;

  const signed = (value: number | null, digits = 0) => {
    if (value === null || !done) return "–";
    const size = Math.abs(value).toFixed(digits);
    // What rounds to nothing has no sign.
    const sign = Number(size) === 0 ? "" : value < 0 ? "−" : "+";
    return `${sign}${digits ? size : format.number(Number(size))}`;
  };
  const tenths = (value: number | null) => (value === null ? "–" : value.toFixed(1));
  const verdict =
    outside === null ? (
      "–"
    ) : outside === 0 ? (
      <span className="[&>span]:font-normal">
        <LookBadge look="complete">{t("inside")}</LookBadge>
      </span>
    ) : (
      t(outside < 0 ? "shorter" : "longer", { duration: format.duration(Math.max(1, Math.abs(outside))) })
    );
  const line = (term: string, values: [ReactNode, ReactNode, ReactNode]) => (
    <tr key={term}>
      <th scope="row" className="h-[30px] border-t border-line text-left font-normal text-ink-2">
        {term}
      </th>
      <td className={`${NUMBER} border-t border-line`}>{values[0]}</td>
      <td className={`${NUMBER} border-t border-line font-semibold`}>{values[1]}</td>
      <td className={`${NUMBER} border-t border-line`}>{values[2]}</td>
    </tr>
  );
  const counted = ({ predicted: before, actual: after, difference }: Compared): [string, string, string] => [
    format.number(before),
    format.number(after),
    signed(difference),
  ];
  const perDay = comparison.secondsPerDay;
  return (
    <Section title={t("title")} className="border-b-0!">
      {task.predicted === null ? (
        <p className="text-ink-2">{t("none")}</p>
      ) : (
        <>
          <table className="w-full border-collapse">
            <thead>
              <tr className="text-ink-2 [font:var(--t-12)] *:pb-1.5 *:font-normal">
                <th className="text-left">
                  <span className="sr-only">{t("figure")}</span>
                </th>
                <th className={NUMBER}>{t("predicted")}</th>
                <th className={NUMBER}>{t("actual")}</th>
                <th className={NUMBER}>{t("difference")}</th>
              </tr>
            </thead>
            <tbody>
              {line(t("duration"), [
                predicted ? format.rangeText(predicted) : "–",
                actual === null ? "–" : format.duration(actual),
                verdict,
              ])}
              {line(compares ? verify("daysCompared") : t("daysStored"), counted(comparison.days))}
              {line(compares ? verify("rowsCompared") : t("rows"), counted(comparison.rows))}
              {line(t("perDay"), [
                tenths(perDay.predicted),
                tenths(perDay.actual),
                signed(toTenths(perDay.actual, perDay.predicted), 1),
              ])}
            </tbody>
          </table>
          {predicted && actual !== null && wasWhole && <CompareRange predicted={predicted} actual={actual} />}
          {!done && <p className="mt-3 text-ink-3 [font:var(--t-12)]">{t("notYet")}</p>}
        </>
      )}
    </Section>
  );
}
