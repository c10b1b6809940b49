"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";

/** Newer and older tasks; null = there are none. */
export function Pager({ onNewer, onOlder }: { onNewer: (() => void) | null; onOlder: (() => void) | null }) {
  const t = useTranslations("history");
  return (
    <nav className="flex flex-wrap items-center gap-2 px-6 pt-3 pb-6 max-sm:px-4" aria-label={t("pages")}>
      <span className="mr-auto text-ink-2">{t("newestFirst")}</span>
      <Button size="sm" icon={<ChevronLeft aria-hidden size={14} />} isDisabled={onNewer === null} onPress={() => onNewer?.()}>
        {t("newer")}
      </Button>
      <Button
        size="sm"
        isDisabled={onOlder === null}
        onPress={() => onOlder?.()}
        className="flex-row-reverse"
        icon={<ChevronRight aria-hidden size={14} />}
      >
        {t("older")}
      </Button>
    </nav>
  );
}
