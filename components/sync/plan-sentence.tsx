"use client";

import { useTranslations } from "use-intl";
import { minuteRange } from "@/components/shell/duration-parts";
import { useFormat } from "@/components/shell/format";
import type { Preview } from "@/lib/contract/plan";

/** The order in which the sentence names the trading days. Closed days are not named: they are the difference. */
const NAMED = ["already_synced", "in_running_sync", "missing", "failed", "suspect", "forced"] as const;

/** "49 days → 29 trading days: 7 complete, 12 missing. **12 to fetch, about 8 min (6–11).**" */
export function PlanSentence({ plan }: { plan: Preview }) {
  const t = useTranslations("start.plan");
  const format = useFormat();
  const list = NAMED.filter((reason) => plan.counts[reason] > 0)
    .map((reason) => t(reason, { count: format.number(plan.counts[reason]) }))
    .join(t("separator"));
  return (
    <p>
      {t("days", { calendar: plan.counts.calendar, trading: plan.counts.trading, list: list || "none" })}
      <b>
        <Decision plan={plan} />
      </b>
    </p>
  );
}

/** The decision in one line: how many days, and how long it will take. */
function Decision({ plan: { fetch_days, seconds } }: { plan: Pick<Preview, "fetch_days" | "seconds"> }) {
  const t = useTranslations("start.plan");
  const format = useFormat();
  if (fetch_days === 0) return t("nothing");
  const count = format.number(fetch_days);
  if (!seconds) return t("fetch", { count });
  const [low, high] = seconds;
  const { figures, unit } = format.range(seconds);
  const middle = minuteRange((low + high) / 2, high);
  return t.rich("fetchTime", {
    count,
    mid: middle.from,
    unit,
    range: figures.includes("–") ? figures : "none",
    whole: (words) => <span className="whitespace-nowrap">{words}</span>,
  });
}
