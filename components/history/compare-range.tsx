"use client";

import { useTranslations } from "use-intl";
import { useFormat } from "@/components/shell/format";
import { axisSeconds } from "./compare";

/** The predicted range as a block on a time axis, the actual duration as a line. */
export function CompareRange({ predicted, actual }: { predicted: [number, number]; actual: number }) {
  const t = useTranslations("task.compare");
  const format = useFormat();
  const [low, high] = predicted;
  const ticks = axisSeconds(Math.max(high, actual) * 1.1);
  const end = ticks.at(-1) ?? 1;
  const at = (seconds: number) => `${(seconds / end) * 100}%`;
  return (
    <figure
      className="mt-5"
      role="img"
      aria-label={t("range", { range: format.rangeText(predicted), actual: format.duration(actual) })}
    >
      <div className="relative mb-1 h-3.5 border-b border-line-control">
        <i className="absolute top-[3px] h-2 min-w-px rounded-[2px] bg-line-2" style={{ left: at(low), width: at(high - low) }} />
        <b className="absolute top-0 h-3.5 w-0.5 bg-ink" style={{ left: at(actual) }} />
      </div>
      <div aria-hidden className="flex justify-between text-ink-3 [font:var(--t-11)]">
        {ticks.map((seconds) => (
          <span key={seconds}>{seconds === 0 ? "0" : format.duration(seconds)}</span>
        ))}
      </div>
    </figure>
  );
}
