"use client";

import { useDeferredValue, useId, useState } from "react";
import { useTranslations } from "use-intl";
import { useDayRows } from "@/components/data/queries";
import { LoadFailed } from "@/components/progress/load-failed";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { inputStyle } from "@/components/ui/input-style";
import { Skeleton } from "@/components/ui/skeleton";
import type { Day } from "@/lib/contract/day";
import type { DayRows } from "@/lib/contract/day-rows";
import { ALL_COLUMNS, MarketRows } from "./market-rows";

/** A figure that leads to the rows it counts. */
export function DayRowsLink({ date, children }: { date: Day; children: string }) {
  const t = useTranslations("dayRows");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        aria-label={t("openNamed", { day: date, rows: children })}
        className="cursor-pointer rounded-(--r-control) underline decoration-line-2 underline-offset-2 hover:decoration-current"
        onClick={() => setOpen(true)}
      >
        {children}
      </button>
      {isOpen && <DayRowsDialog date={date} onClose={() => setOpen(false)} />}
    </>
  );
}

/** What the table holds of a day, by the first rows; a code (or how it begins) leads to the others. */
export function DayRowsDialog({ date, onClose }: { date: Day; onClose: () => void }) {
  const t = useTranslations("dayRows");
  const ui = useTranslations("ui");
  const [typed, setTyped] = useState("");
  const code = useDeferredValue(typed.trim());
  const read = useDayRows(date, code);
  const inputId = useId();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t("title", { day: date })}
      subtitle={t("subtitle")}
      closeLabel={ui("close")}
      width="lg"
    >
      <div className="mt-4 grid gap-4">
        <Field label={t("code")} htmlFor={inputId}>
          <input
            id={inputId}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            maxLength={64}
            autoComplete="off"
            spellCheck={false}
            className={`${inputStyle} w-[200px] max-sm:w-full`}
          />
        </Field>
        {read.data ? (
          <Found found={read.data} code={code} />
        ) : read.isError ? (
          <LoadFailed error={read.error} onRetry={() => void read.refetch()} />
        ) : (
          <Skeleton className="h-60" />
        )}
      </div>
    </Dialog>
  );
}

function Found({ found: { total, rows }, code }: { found: DayRows; code: string }) {
  const t = useTranslations("dayRows");
  if (rows.length === 0) return <p role="status">{code ? t("noSuchCode", { code }) : t("none")}</p>;
  return (
    <div className="grid max-h-[55vh]">
      <MarketRows rows={rows} columns={ALL_COLUMNS} caption={t("shown", { shown: rows.length, total })} />
    </div>
  );
}
