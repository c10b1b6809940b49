"use client";

import { useMemo } from "react";
import { useTranslations } from "use-intl";
import type { CoverageRun } from "@/lib/contract/coverage";
import type { PlanRun } from "@/lib/contract/plan";
import { planCells } from "./runs";
import { Swatch } from "./swatch";

/** More cells than this would be thinner than 2 px in the side pane. */
const MAX_CELLS = 96;

interface Props {
  /** What the table holds (`GET /coverage` of the same range). */
  coverage: readonly CoverageRun[];
  /** `days` of the preview. */
  plan: readonly PlanRun[];
}

/** Two lanes: above, what the table holds now; below, in ink, the days this sync will fetch. Weekends are gaps. */
export function PlanStrip({ coverage, plan }: Props) {
  const t = useTranslations("day");
  const cells = useMemo(() => planCells(coverage, plan, MAX_CELLS), [coverage, plan]);
  const first = cells[0];
  const last = cells.at(-1);
  if (!first || !last) return null;
  const fetched = plan.reduce((runs, run) => runs + (run.action === "fetch" ? 1 : 0), 0);
  return (
    <div>
      <div className="flex gap-px" role="img" aria-label={t("planStrip", { from: first.from, to: last.to, fetched })}>
        {cells.map((cell) => (
          <span
            key={cell.from}
            className={`grid min-w-[2px] flex-[1_1_0] grid-rows-[18px_4px] gap-[3px] ${gapOf(cell, cells.length)}`}
          >
            <Swatch look={cell.look} fill />
            <i aria-hidden className="rounded-[1px]" style={inkOf(cell.fetchShare)} />
          </span>
        ))}
      </div>
      <div className="mt-1 flex justify-between text-ink-3 [font:var(--t-11)]" aria-hidden>
        <span>{first.from.slice(0, 4) === last.to.slice(0, 4) ? first.from.slice(5) : first.from}</span>
        {first !== last && <span>{first.from.slice(0, 4) === last.to.slice(0, 4) ? last.to.slice(5) : last.to}</span>}
      </div>
    </div>
  );
}

/** The weekend is a wider gap only where cells are single days wide enough to show it. */
function gapOf(cell: { afterWeekend: boolean }, cells: number): string {
  if (!cell.afterWeekend) return "";
  return cells > 60 ? "ml-px" : "ml-1";
}

/** A bucket that is fetched in part shows its share from the left. */
function inkOf(share: number): { background: string } | undefined {
  if (share === 0) return undefined;
  const edge = `${Math.max(25, share * 100)}%`;
  return { background: `linear-gradient(90deg, var(--ink) ${edge}, transparent ${edge})` };
}
