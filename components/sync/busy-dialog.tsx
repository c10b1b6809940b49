"use client";

import { Square } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "use-intl";
import type { StartRequest } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SCHEDULE_TASK } from "@/lib/contract/schedule";
import type { BusyTask, TaskStatus } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { BusyTaskLine } from "./busy-task-line";
import { followBusyTask } from "./follow-busy-task";
import { useLife } from "./use-life";
import type { StartOptions } from "./use-start";

interface BusyDialogProps {
  /** The running task as the refusal named it; nothing is asked again. */
  task: BusyTask;
  request: StartRequest;
  plan: StartOptions["plan"] | null;
  isStarting: boolean;
  onClose: () => void;
  onStart: () => void;
  onQueue: () => void;
}

/**
 * One runs at a time: shows the running sync live, offers to wait behind it or to cancel it, and *Start yours* the moment
 * it has ended.
 */
export function BusyDialog({ task, request, plan, isStarting, onClose, onStart, onQueue }: BusyDialogProps) {
  const t = useTranslations("busy");
  const router = useRouter();
  const live = useLive();
  const life = useLife();
  const { progress: pushed, hasEnded } = followBusyTask(task, live.state);
  const progress = life.shown(pushed);

  const view = () => {
    onClose();
    if (window.location.pathname === "/") window.scrollTo({ top: 0 });
    else router.push("/");
  };

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={hasEnded ? t(wordOfEnd(progress.status)) : t("title")}
      subtitle={hasEnded ? t("finishedText", counts(progress)) : t("subtitle")}
      closeLabel={t("close")}
      aside={hasEnded ? null : <CancelRunning progress={progress} onPress={() => life.cancel(pushed)} />}
      actions={
        hasEnded ? (
          <>
            <Button onPress={onClose}>{t("close")}</Button>
            <Button key="start" look="primary" autoFocus busy={isStarting} onPress={onStart}>
              {t("startYours")}
            </Button>
          </>
        ) : (
          <>
            <Button key="queue" busy={isStarting} onPress={onQueue}>
              {t("queueMine")}
            </Button>
            <Button key="view" look="primary" autoFocus onPress={view}>
              {t("view")}
            </Button>
          </>
        )
      }
    >
      <BusyTaskLine task={task} progress={progress} hasEnded={hasEnded} isStale={live.connection !== "live"} />
      <Yours request={request} plan={plan} />
    </Dialog>
  );
}

/** A task that runs no longer without an end was paused, or another instance knows more of it. */
function wordOfEnd(status: TaskStatus): "finished" | "cancelled" | "stopped" {
  if (status === "cancelled") return "cancelled";
  return isFinal(status) ? "finished" : "stopped";
}

/** Quiet and apart, and it asks again. */
function CancelRunning({ progress, onPress }: { progress: BusyTask["progress"]; onPress: () => void }) {
  const t = useTranslations("busy");
  const status = useTranslations("status");
  const isCancelling = progress.status === "cancelling";
  return (
    <Button look="quiet" icon={<Square aria-hidden size={14} strokeWidth={1.75} />} busy={isCancelling} onPress={onPress}>
      {isCancelling ? status("cancelling") : t("cancelRunning", { type: progress.task_type })}
    </Button>
  );
}

function counts({ success, failed, skipped }: BusyTask["progress"]) {
  return { success, failed, skipped };
}

/** What was asked for: kept, and said again, so that nobody wonders. */
function Yours({ request, plan }: { request: StartRequest; plan: StartOptions["plan"] | null }) {
  const t = useTranslations("busy");
  const types = useTranslations("taskType");
  const format = useFormat();
  const time = plan?.seconds && plan.fetch_days > 0 ? format.rangeText(plan.seconds) : null;
  return (
    <div className="mt-5 grid grid-cols-[auto_1fr] gap-x-4 border-t border-line pt-3">
      <span className="text-ink-3">{t("yours")}</span>
      <div>
        <b>
          {"scheduleId" in request
            ? types(SCHEDULE_TASK[request.scheduleId])
            : "daysBack" in request
              ? t("yoursGaps", { count: request.daysBack })
              : format.days(request.start_date, request.end_date)}
        </b>
        {plan ? (
          <div className="text-ink-2">
            {time ? t("yoursTime", { count: plan.fetch_days, time }) : t("yoursPlan", { count: plan.fetch_days })}
          </div>
        ) : null}
      </div>
    </div>
  );
}
