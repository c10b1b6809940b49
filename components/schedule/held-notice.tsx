"use client";

import { CalendarOff, FlaskConical } from "lucide-react";
import { useTranslations } from "use-intl";
import { Banner } from "@/components/ui/banner";
import type { Schedule } from "@/lib/contract/schedule";

const ICON = { size: 16, strokeWidth: 1.75 } as const;

/** Why nothing fires though it is switched on, and what to do about it. */
export function HeldNotice({ held }: { held: NonNullable<Schedule["held"]> }) {
  const t = useTranslations(`schedule.held.${held}`);
  return (
    <Banner tone="warn" icon={held === "sample" ? <FlaskConical {...ICON} /> : <CalendarOff {...ICON} />} title={t("title")}>
      <span className="text-ink-2">{t.rich("text", { code: (name) => <code>{name}</code> })}</span>
    </Banner>
  );
}
