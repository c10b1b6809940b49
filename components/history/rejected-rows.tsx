"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import { useRejectedRows } from "@/components/data/queries";
import { LoadFailed } from "@/components/progress/load-failed";
import { useFormat } from "@/components/shell/format";
import { Dialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { Sentence } from "@/components/ui/sentence";
import type { RejectedRows, TaskDay } from "@/lib/contract/task";

interface Props {
  taskId: string;
  day: TaskDay;
}

/** A way from the note of a day to the rows that were left out of it. */
export function RejectedRowsLink({ taskId, day }: Props) {
  const t = useTranslations("task.rejected");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        aria-label={`${t("show")}: ${t("title", { day: day.date })}`}
        className="cursor-pointer rounded-(--r-control) underline decoration-line-2 underline-offset-2 hover:decoration-current"
        onClick={() => setOpen(true)}
      >
        {t("show")}
      </button>
      {isOpen && <RejectedRowsDialog taskId={taskId} day={day} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The rows of a day that were left out: the first of them, each with its place, the value and why it cannot be used. */
function RejectedRowsDialog({ taskId, day, onClose }: Props & { onClose: () => void }) {
  const t = useTranslations("task.rejected");
  const ui = useTranslations("ui");
  const read = useRejectedRows(taskId, day.date);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t("title", { day: day.date })}
      subtitle={day.status === "failed" ? t("failedDay") : null}
      closeLabel={ui("close")}
    >
      <div className="mt-4">
        {read.data ? (
          <Sample found={read.data} />
        ) : read.isError ? (
          <LoadFailed error={read.error} onRetry={() => void read.refetch()} />
        ) : (
          <Skeleton className="h-24" />
        )}
      </div>
    </Dialog>
  );
}

function Sample({ found: { rejected, sample } }: { found: RejectedRows }) {
  const t = useTranslations("task.rejected");
  const format = useFormat();
  if (sample.length === 0) return <p>{t("none")}</p>;
  const head = "pb-1.5 pl-4 max-sm:pl-3 text-left font-normal whitespace-nowrap";
  const cell = "py-1.5 pl-4 max-sm:pl-3";
  return (
    <>
      <p className="mb-3 text-ink-2">
        {sample.length < rejected ? t("first", { shown: sample.length, count: rejected }) : t("all", { count: rejected })}
      </p>
      <div className="max-h-[50vh] overflow-auto">
        <table className="w-full border-collapse">
          <thead>
            <tr className="text-ink-2 [font:var(--t-12)]">
              <th className="pb-1.5 text-right font-normal">{t("row")}</th>
              <th className={head}>{t("code")}</th>
              <th className={head}>{t("field")}</th>
              <th className={head}>{t("value")}</th>
              <th className={head}>{t("why")}</th>
            </tr>
          </thead>
          <tbody className="align-top">
            {sample.map(({ row, code, field, value, problem, digits }) => (
              <tr key={row} className="border-t border-line">
                <th scope="row" className="py-1.5 text-right font-normal">
                  {format.number(row)}
                </th>
                <td className={`${cell} whitespace-nowrap`}>{code ?? "–"}</td>
                <td className={`${cell} whitespace-nowrap [font-family:var(--mono)] text-[.92em]`}>{field}</td>
                <td className={`${cell} wrap-anywhere`}>
                  <Sentence>{value ?? "–"}</Sentence>
                </td>
                <td className={cell}>
                  {t.has(`problem.${problem}`) ? t(`problem.${problem}`, { digits: digits ?? 0 }) : problem}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
