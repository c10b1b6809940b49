"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { DayIcon } from "@/components/day/icon";
import { DayRowsLink } from "@/components/day/day-rows-dialog";
import { holdsRows, type DayLook, lookOfTaskDay } from "@/components/day/look";
import { useDaySentences } from "@/components/day/sentences";
import { useFormat } from "@/components/shell/format";
import { Sentence } from "@/components/ui/sentence";
import type { DayReason, TaskDay } from "@/lib/contract/task";
import type { DayRow } from "./day-rows";
import { RejectedRowsLink } from "./rejected-rows";

/** One grid for head and lines, so that columns agree without a table element around virtual rows. */
export const DAY_COLUMNS =
  "grid grid-cols-[132px_minmax(150px,204px)_64px_72px_96px_64px_minmax(220px,1fr)] gap-x-3 px-6 " +
  "max-xl:grid-cols-[132px_minmax(172px,0.7fr)_64px_72px_minmax(120px,1fr)] " +
  "max-sm:grid-cols-[84px_minmax(0,1fr)_52px_56px] max-sm:gap-x-2 max-sm:px-4";

interface Props {
  taskId: string;
  row: DayRow;
  taskIsFinal: boolean;
  /** The longest day of the task, for the bars. */
  longestMs: number;
}

/** A line of the days table: date, outcome, rows, duration, attempts and what there is to note. Skips are dimmed. */
export function DayLine({ taskId, row, taskIsFinal, longestMs }: Props) {
  const t = useTranslations("task.table");
  const format = useFormat();
  const { weekday, reason, remarks } = useDaySentences();
  if (row.kind === "closed") {
    return (
      <Line
        dim
        date={
          <span className="sm:whitespace-nowrap">
            {row.from === row.to ? row.from : `${row.from.slice(5)} → ${row.to.slice(5)}`}
          </span>
        }
        outcome={<Outcome look="skipped" word={t("closed", { count: row.count })} />}
      />
    );
  }
  const { day } = row;
  const skipped = day.status === "skipped";
  const look = skipped ? "skipped" : lookOfTaskDay(day, taskIsFinal);
  const status = t(`status.${statusKey(day, taskIsFinal)}`);
  const why = whyOf(day);
  const word = why === null ? status : t("because", { status, reason: reason(why) });
  const measured = day.duration_ms !== null && !skipped;
  return (
    <Line
      dim={skipped}
      date={
        <>
          <span className={skipped ? "" : "font-medium"}>{day.date}</span>
          <span className="text-ink-3 max-sm:hidden">{weekday(day.date)}</span>
        </>
      }
      outcome={<Outcome look={look} word={word} shortWord={skipped && why !== null ? reason(why) : status} />}
      rows={rowsOf(day, format)}
      duration={measured ? format.milliseconds(day.duration_ms ?? 0) : null}
      bar={
        measured && longestMs > 0 ? (
          <DurationBar share={(day.duration_ms ?? 0) / longestMs} failed={day.status === "failed"} />
        ) : null
      }
      attempts={skipped || day.attempts === 0 ? null : String(day.attempts)}
      note={remarks(day).join(" · ")}
      after={day.rejected > 0 ? <RejectedRowsLink taskId={taskId} day={day} /> : null}
    />
  );
}

/** The reason that stands beside the status: why it was skipped, or what is wrong with it. */
function whyOf({ status, reason, error, suspect, diff }: TaskDay): DayReason | null {
  if (status === "skipped") return reason;
  if (status === "failed") return error?.code ?? reason;
  return suspect && !diff ? "few_rows" : null;
}

/** How many rows; where the table holds them, a way to them. */
function rowsOf(day: TaskDay, format: ReturnType<typeof useFormat>): ReactNode {
  if (day.status === "skipped") return null;
  if (day.rows === null) return day.status === "failed" ? "0" : null;
  const rows = format.number(day.rows);
  return holdsRows(day) ? <DayRowsLink date={day.date}>{rows}</DayRowsLink> : rows;
}

type StatusKey = "pending" | "syncing" | "success" | "suspect" | "failed" | "skipped" | "notReached" | "changed" | "same";

function statusKey(day: TaskDay, taskIsFinal: boolean): StatusKey {
  if (taskIsFinal && (day.status === "pending" || day.status === "syncing")) return "notReached";
  if (day.diff) return day.reason === "changed" ? "changed" : "same";
  return day.status === "success" && day.suspect ? "suspect" : day.status;
}

interface Cells {
  dim: boolean;
  date: ReactNode;
  outcome: ReactNode;
  rows?: ReactNode;
  duration?: string | null;
  bar?: ReactNode;
  attempts?: string | null;
  note?: string;
  /** What can be asked for beside the note. */
  after?: ReactNode;
}

function Line({ dim, date, outcome, rows = null, duration = null, bar, attempts = null, note = "", after = null }: Cells) {
  return (
    <div
      role="row"
      className={clsx(DAY_COLUMNS, "min-h-8 items-center border-b border-line py-1 hover:bg-bg-sunken", dim && "text-ink-3")}
    >
      <span role="cell" className="flex gap-2 whitespace-nowrap">
        {date}
      </span>
      <span role="cell" className="min-w-0">
        {outcome}
      </span>
      <Figure>{rows}</Figure>
      <Figure>{duration}</Figure>
      <span role="cell" className="max-xl:hidden">
        {bar}
      </span>
      <Figure className="max-xl:hidden">{attempts}</Figure>
      <span
        role="cell"
        className={clsx(
          "min-w-0 sm:pl-3 [overflow-wrap:anywhere]",
          !dim && "text-ink-2",
          note ? "max-sm:col-span-full max-sm:pb-1 max-sm:[font:var(--t-12)]" : "max-sm:hidden",
        )}
      >
        <Sentence>{note}</Sentence> {after}
      </span>
    </div>
  );
}

function Figure({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span role="cell" className={clsx("text-right whitespace-nowrap", children === null && "text-ink-3", className)}>
      {children ?? "–"}
    </span>
  );
}

interface OutcomeProps {
  look: DayLook;
  word: string;
  /** Stands for the word on phones. */
  shortWord?: string;
}

function Outcome({ look, word, shortWord = word }: OutcomeProps) {
  return (
    <span className="flex min-w-0 items-center gap-[5px]">
      <DayIcon look={look} size={13} />
      <span className="truncate max-sm:hidden">{word}</span>
      <span className="sm:hidden">{shortWord}</span>
    </span>
  );
}

function DurationBar({ share, failed }: { share: number; failed: boolean }) {
  return (
    <i
      aria-hidden
      className={clsx(
        "block h-1.5 min-w-0.5 rounded-[1px]",
        failed ? "bg-[repeating-linear-gradient(45deg,var(--st-failed)_0_3px,transparent_3px_5px)]" : "bg-line-2",
      )}
      style={{ width: `${Math.min(100, share * 100)}%` }}
    />
  );
}
