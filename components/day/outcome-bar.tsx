"use client";

import { useTranslations } from "use-intl";
import { placeSegments, type Segment } from "./outcome";

/** The bar by outcome. Its text alternative names the counts; use a live region beside it for changes. */
export function OutcomeBar({ segments, mini = false }: { segments: readonly Segment[]; mini?: boolean }) {
  const t = useTranslations("task");
  const label = segments
    .filter((segment) => segment.days > 0)
    .map((segment) => t("countOf", { look: segment.look, days: segment.days }))
    .join(t("comma"));
  return (
    <div className="day-bar" data-mini={mini || undefined} role="img" aria-label={label || t("noDays")}>
      {placeSegments(segments, mini ? 4 : 5).map(({ look, days, percent, px }) => (
        <i
          key={look}
          aria-hidden
          className="day-seg"
          data-look={look}
          data-empty={days === 0 || undefined}
          style={{ transform: `translateX(calc(${percent.toFixed(4)}% + ${px.toFixed(3)}px))` }}
        />
      ))}
    </div>
  );
}
