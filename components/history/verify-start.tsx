"use client";

import { ScanSearch } from "lucide-react";
import { useTranslations } from "use-intl";
import { useStart } from "@/components/sync/use-start";
import { Button } from "@/components/ui/button";
import type { Day } from "@/lib/contract/day";

/** *Verify instead*: compares what the table holds of the range with the source, and stores nothing. */
export function VerifyStart({ range, isDisabled = false }: { range: { from: Day; to: Day } | null; isDisabled?: boolean }) {
  const t = useTranslations("verify");
  const { start, isStarting } = useStart();
  return (
    <Button
      look="quiet"
      size="sm"
      icon={<ScanSearch aria-hidden size={14} />}
      busy={isStarting}
      isDisabled={isDisabled || range === null}
      onPress={() => {
        if (range) void start({ verify: true, start_date: range.from, end_date: range.to });
      }}
    >
      {t("start")}
    </Button>
  );
}
