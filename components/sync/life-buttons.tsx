"use client";

import { Pause, Play, Square } from "lucide-react";
import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { Button } from "@/components/ui/button";
import type { Progress } from "@/lib/contract/task";
import { canDo } from "@/lib/contract/task-rules";
import { useLife } from "./use-life";

const ICON = { size: 14, strokeWidth: 1.75, "aria-hidden": true } as const;

/**
 * Pause or resume, and cancel, where the task allows it. Pause turns into *Pausing…* and then into *Resume* as one and
 * the same button, so that the focus stays.
 */
export function LifeButtons({ task: pushed }: { task: Progress }) {
  const t = useTranslations("life");
  const status = useTranslations("status");
  const life = useLife();
  const { state, connection } = useLive();
  const task = life.shown(pushed);
  const isCut = connection === "reconnecting" || state?.database.ok === false;
  const resumes = canDo("resume", task.status);
  const turns = resumes || canDo("pause", task.status) || task.status === "pausing";
  const isBySystem = task.pause !== null && task.pause?.reason !== "person";
  const isCancelling = task.status === "cancelling";
  const isWaiting = task.status === "queued";
  return (
    <div className="flex last:-mr-2.5 empty:hidden flex-wrap items-center gap-1">
      {turns ? (
        <Button
          size="sm"
          icon={resumes ? <Play {...ICON} /> : <Pause {...ICON} />}
          busy={task.status === "pausing"}
          isDisabled={isCut}
          onPress={() => (resumes ? life.resume(task) : life.pause(task))}
        >
          {task.status === "pausing" ? status("pausing") : resumes ? t(isBySystem ? "resumeNow" : "resume") : t("pause")}
        </Button>
      ) : null}
      {canDo("cancel", task.status) || isCancelling ? (
        <Button
          size="sm"
          look="quiet"
          icon={<Square {...ICON} />}
          busy={isCancelling}
          isDisabled={isCut}
          onPress={() => life.cancel(pushed)}
        >
          {isCancelling ? status("cancelling") : isWaiting ? t("remove") : t("cancel")}
        </Button>
      ) : null}
    </div>
  );
}
