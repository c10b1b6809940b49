"use client";

import { RefreshCw } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useTaskDays } from "@/components/data/queries";
import { useStart } from "@/components/sync/use-start";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import type { Day } from "@/lib/contract/day";
import type { TaskSummary } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { applyRequest, changedDays } from "./verify-days";
import { VerifyTable } from "./verify-table";

/** What a verify found, day by day, and the button that makes it so. Nothing for other tasks. */
export function VerifySection({ task }: { task: TaskSummary }) {
  const t = useTranslations("verify");
  const { data } = useTaskDays(task.task_id);
  const { start, isStarting } = useStart();
  const [leftOut, setLeftOut] = useState<ReadonlySet<Day>>(new Set());
  const changed = useMemo(() => changedDays(data?.days ?? []), [data]);
  if (task.task_type !== "verify") return null;
  const done = isFinal(task.status);
  const compared = (data?.days ?? []).filter((day) => day.diff !== null).length;
  const request = applyRequest(task.task_id, changed, leftOut);
  const choose = (date: Day, chosen: boolean) => {
    const next = new Set(leftOut);
    if (chosen) next.delete(date);
    else next.add(date);
    setLeftOut(next);
  };
  return (
    <Section
      title={t("title")}
      note={compared > 0 && t("summary", { changed: changed.length, compared })}
      end={
        done && changed.length > 0 ? (
          <Button
            size="sm"
            icon={<RefreshCw aria-hidden size={14} />}
            busy={isStarting}
            isDisabled={request === null}
            onPress={() => {
              if (request) void start(request);
            }}
          >
            {t("apply", { count: changed.length - leftOut.size })}
          </Button>
        ) : null
      }
    >
      {changed.length > 0 ? (
        <>
          <p className="mb-3 max-w-[68ch] text-ink-2">{t(done ? "hint" : "hintRunning")}</p>
          <VerifyTable days={changed} leftOut={leftOut} onChoose={done ? choose : null} />
        </>
      ) : (
        <p className="text-ink-2">{t(done ? (compared > 0 ? "none" : "nothingCompared") : "noneYet")}</p>
      )}
    </Section>
  );
}
