"use client";

import { Play } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useChangeSchedule } from "@/components/data/schedules";
import { useFormat } from "@/components/shell/format";
import { useExplain } from "@/components/sync/explain";
import { useOperator } from "@/components/sync/operator-provider";
import { useStart } from "@/components/sync/use-start";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import { notify } from "@/components/ui/toast";
import type { Day } from "@/lib/contract/day";
import type { Schedule } from "@/lib/contract/schedule";
import { useWhen } from "./use-when";

interface ScheduleHeadProps {
  id: string;
  schedule: Schedule;
  today: Day | null;
}

/** Switch, name and state of a schedule, who changed it when, and *Run now*. */
export function ScheduleHead({ id, schedule, today }: ScheduleHeadProps) {
  const t = useTranslations("schedule");
  const format = useFormat();
  const { when, left } = useWhen();
  const asOperator = useOperator();
  const explain = useExplain();
  const { start } = useStart();
  const [isStarting, setIsStarting] = useState(false);
  const change = useChangeSchedule();
  const name = t(`name.${schedule.id}`);
  // Switched at once; the last word is the server's.
  const isOn = change.isPending ? (change.variables.change.enabled ?? schedule.enabled) : schedule.enabled;

  const turn = (enabled: boolean) =>
    void asOperator("life", async (operator) => {
      try {
        await change.mutateAsync({ id: schedule.id, change: { enabled }, operator });
      } catch (error) {
        notify(t("notSwitched", { name }), explain(error, "ask"));
      }
    });

  const run = async () => {
    setIsStarting(true);
    await start({ scheduleId: schedule.id });
    setIsStarting(false);
  };

  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <Switch label={name} isSelected={isOn} isDisabled={change.isPending} onChange={turn} />
      <h2 id={id} className="whitespace-nowrap tracking-[-.01em] [font:var(--t-18)] max-sm:flex-1">
        {name}
      </h2>
      {/* On phones the state stands below, as wide as the page. */}
      <span className="min-w-0 flex-1 text-ink-2 max-sm:order-1 max-sm:basis-full">
        {[state(), changed()].filter(Boolean).join(" · ")}
      </span>
      <Button
        icon={<Play aria-hidden size={16} strokeWidth={1.75} />}
        busy={isStarting}
        aria-label={t("runNowOf", { name })}
        onPress={() => void run()}
      >
        {t("runNow")}
      </Button>
    </div>
  );

  function state(): string {
    if (!isOn) return t("off");
    if (schedule.held) return t(`onBut.${schedule.held}`);
    const next = schedule.next[0];
    if (!next) return t("on");
    const rest = left(next);
    return rest ? t("onNextIn", { when: when(next), left: rest }) : t("onNext", { when: when(next) });
  }

  function changed(): string {
    if (!schedule.changed_at) return "";
    const time = format.moment(schedule.changed_at, today);
    return schedule.changed_by ? t("changedBy", { who: schedule.changed_by, time }) : t("changedAt", { time });
  }
}
