"use client";

import { useTranslations } from "use-intl";
import { useFormat } from "@/components/shell/format";
import { Checkbox } from "@/components/ui/checkbox";
import type { Preview } from "@/lib/contract/plan";

/** On: only what is missing, failed or suspect. Off is `force`, and says how many rows it replaces. */
export function OnlyGaps({ plan, force, onForce }: { plan: Preview | null; force: boolean; onForce: (force: boolean) => void }) {
  const t = useTranslations("start");
  const format = useFormat();
  return (
    <Checkbox isSelected={!force} onChange={(only) => onForce(!only)} hint={hint()}>
      {t("only")}
    </Checkbox>
  );

  function hint(): string {
    if (!plan) return t("onlyHint.unknown");
    if (plan.rows_held === 0) return t("onlyHint.nothing");
    if (force) return t("onlyHint.forced", { rows: format.number(plan.rows_replaced) });
    return t("onlyHint.off", { rows: format.number(plan.rows_held) });
  }
}
