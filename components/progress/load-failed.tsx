"use client";

import { CircleAlert, RotateCw } from "lucide-react";
import { useTranslations } from "use-intl";
import { ConnectionError, DatabaseAwayError } from "@/components/data/api";
import { Button } from "@/components/ui/button";

/** Instead of an empty state when loading failed: what happened, that the data is safe, and *Try again*. */
export function LoadFailed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const t = useTranslations("progress.loadFailed");
  const kind = error instanceof DatabaseAwayError ? "database" : error instanceof ConnectionError ? "connection" : "other";
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <CircleAlert aria-hidden size={16} strokeWidth={1.75} className="shrink-0 text-st-suspect" />
      <span className="min-w-0 flex-[1_1_240px]">{t(kind)}</span>
      <Button size="sm" icon={<RotateCw aria-hidden size={14} />} onPress={onRetry}>
        {t("retry")}
      </Button>
    </div>
  );
}
