"use client";

import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { pushedTask } from "@/components/live/pushed-task";
import { useFormat } from "@/components/shell/format";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { Progress } from "@/lib/contract/task";
import { canDo, newerProgress } from "@/lib/contract/task-rules";
import { consequencesOf } from "./consequences";

interface CancelDialogProps {
  task: Progress;
  onClose: () => void;
  onCancel: (task: Progress) => void;
}

/** The second question before a cancel: which task, whose, and what becomes of its days. Counts go on while it is open. */
export function CancelDialog({ task: asked, onClose, onCancel }: CancelDialogProps) {
  const t = useTranslations("life.confirm");
  const format = useFormat();
  const { state } = useLive();
  const pushed = pushedTask(state, asked.task_id);
  const task = (pushed && newerProgress(asked, pushed)) ?? asked;
  const kind = task.status === "queued" ? "remove" : "cancel";
  const possible = canDo("cancel", task.status);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t(`${kind}.title`, { type: task.task_type })}
      subtitle={t("of", {
        range: format.days(task.start_date, task.end_date),
        known: String(task.started_by !== null),
        who: task.started_by ?? "",
      })}
      closeLabel={t("keep")}
      actions={
        <>
          <Button autoFocus onPress={onClose}>
            {possible ? t(`${kind}.keep`) : t("keep")}
          </Button>
          {possible ? (
            <Button look="primary" onPress={() => onCancel(task)}>
              {t(`${kind}.go`, { type: task.task_type })}
            </Button>
          ) : null}
        </>
      }
    >
      {possible ? <Consequences task={task} /> : <p className="mt-4">{t("ended")}</p>}
    </Dialog>
  );
}

function Consequences({ task }: { task: Progress }) {
  const t = useTranslations("life.confirm");
  const { stay, rolledBack, notFetched } = consequencesOf(task);
  const type = task.task_type;
  const neverRan = task.start_time === null;
  return (
    <ul className="mt-4 grid list-disc gap-1 pl-4 marker:text-ink-3">
      {neverRan ? <li>{t("neverRan")}</li> : <li>{t("stay", { type, count: stay })}</li>}
      {rolledBack ? <li>{t("rolledBack", { type, day: rolledBack })}</li> : null}
      {notFetched === null ? null : <li>{t("notFetched", { type, count: notFetched })}</li>}
      {neverRan ? null : <li className="text-ink-2">{t("final", { type })}</li>}
    </ul>
  );
}
