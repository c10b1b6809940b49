"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "use-intl";
import type { StartRequest } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { BusyTask } from "@/lib/contract/task";
import { BusyTaskLine } from "./busy-task-line";
import { followBusyTask } from "./follow-busy-task";
import type { StartOptions } from "./use-start";

interface BusyDialogProps {
  /** The running task as the refusal named it; nothing is asked again. */
  task: BusyTask;
  request: StartRequest;
  plan: StartOptions["plan"] | null;
  isStarting: boolean;
  onClose: () => void;
  onStart: () => void;
}

/** One runs at a time: shows the running sync live, and offers *Start yours* the moment it has ended. */
export function BusyDialog({ task, request, plan, isStarting, onClose, onStart }: BusyDialogProps) {
  const t = useTranslations("busy");
  const router = useRouter();
  const live = useLive();
  const { progress, hasEnded } = followBusyTask(task, live.state);

  const view = () => {
    onClose();
    if (window.location.pathname === "/") window.scrollTo({ top: 0 });
    else router.push("/");
  };

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={hasEnded ? t("finished") : t("title")}
      subtitle={hasEnded ? t("finishedText", counts(progress)) : t("subtitle")}
      closeLabel={t("close")}
      actions={
        <>
          <Button onPress={onClose}>{t("close")}</Button>
          {hasEnded ? (
            <Button key="start" look="primary" autoFocus busy={isStarting} onPress={onStart}>
              {t("startYours")}
            </Button>
          ) : (
            <Button key="view" look="primary" autoFocus onPress={view}>
              {t("view")}
            </Button>
          )}
        </>
      }
    >
      <BusyTaskLine task={task} progress={progress} hasEnded={hasEnded} isStale={live.connection !== "live"} />
      <Yours request={request} plan={plan} />
    </Dialog>
  );
}

function counts({ success, failed, skipped }: BusyTask["progress"]) {
  return { success, failed, skipped };
}

/** What was asked for: kept, and said again, so that nobody wonders. */
function Yours({ request, plan }: { request: StartRequest; plan: StartOptions["plan"] | null }) {
  const t = useTranslations("busy");
  const format = useFormat();
  const time = plan?.seconds && plan.fetch_days > 0 ? format.rangeText(plan.seconds) : null;
  return (
    <div className="mt-5 grid grid-cols-[auto_1fr] gap-x-4 border-t border-line pt-3">
      <span className="text-ink-3">{t("yours")}</span>
      <div>
        <b>
          {"daysBack" in request
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
