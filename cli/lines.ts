import { minuteOf } from "@/lib/contract/instant";
import type { Progress, TaskSummary } from "@/lib/contract/task";
import { isAtItsEnd } from "@/lib/contract/task-rules";
import type { Say } from "./text";
import { fitted, padded, widthOf } from "./width";

const BAR_CELLS = 20;
const MIN_BAR_CELLS = 4;
/** Seconds from which minutes, and from which hours are said. */
const MINUTES_FROM = 90;
const HOURS_FROM = 5_400;

/** A range of seconds in the unit that suits its upper end; `key` is `cli.span` or `cli.line.left`. */
export function spanText(say: Say, [low, high]: readonly [number, number], key = "cli.span"): string {
  const unit = high < MINUTES_FROM ? "s" : high < HOURS_FROM ? "min" : "h";
  const figure = (value: number, round: (value: number) => number) =>
    unit === "h" ? (round((value / 3_600) * 10) / 10).toString() : round(unit === "s" ? value : value / 60).toString();
  const [from, to] = [figure(low, Math.floor), figure(high, Math.ceil)];
  return say(key, { low: from === to || from === "0" ? "same" : from, high: to, unit });
}

/** What a running task does, in parts: the day, days of all days, rows, bad days, time left. */
export function progressParts(say: Say, progress: Progress): string[] {
  const { status, current, total, rows, failed, suspect, eta_range } = progress;
  return [
    doing(say, progress),
    say("cli.line.days", { current, total }),
    ...(rows > 0 ? [say("cli.line.rows", { rows })] : []),
    ...(failed > 0 ? [say("cli.line.failed", { failed })] : []),
    ...(suspect > 0 ? [say("cli.line.suspect", { suspect })] : []),
    ...(status === "running" && eta_range ? [spanText(say, eta_range, "cli.line.left")] : []),
  ];
}

function doing(say: Say, progress: Progress): string {
  const by = progress.pause?.by ?? "none";
  switch (progress.status) {
    case "queued":
      return say("cli.line.queued", { priority: progress.priority });
    case "paused":
      return pausedText(say, progress, by);
    case "interrupted":
    case "pausing":
    case "cancelling":
      return say(`cli.line.${progress.status}`);
    case "running":
      if (progress.phase === "waiting") return waitingText(say, progress);
      return progress.current_date ?? say(`cli.line.${isAtItsEnd(progress) ? "finishing" : "preparing"}`);
    default:
      return say(`status.${progress.status}`);
  }
}

function pausedText(say: Say, { pause }: Progress, by: string): string {
  if (!pause?.resume_at) return say("cli.line.paused", { by });
  const at = minuteOf(pause.resume_at);
  return say("cli.line.pausedBySystem", { why: say(`pauseReason.${pause.reason}`), at });
}

function waitingText(say: Say, { wait }: Progress): string {
  if (!wait) return say("cli.line.waiting");
  const seconds = Math.max(0, Math.ceil((Date.parse(wait.until) - Date.now()) / 1_000));
  return say("cli.line.waitingFor", { seconds, why: say(`waitReason.${wait.code}`) });
}

const percentText = (progress: Progress) => `${progress.progress_percent.toFixed(1)}%`;

/** `[████░░░] 43.2%  2025-10-03  7/16 days  …`; on a narrow terminal the bar gives way to the words. */
export function barLine(say: Say, progress: Progress, columns: number): string {
  const words = `${percentText(progress).padStart(6)}  ${progressParts(say, progress).join("  ")}`;
  const cells = Math.min(BAR_CELLS, columns - widthOf(words) - "[] ".length);
  if (cells < MIN_BAR_CELLS) return fitted(words.trimStart(), columns);
  const full = Math.floor((progress.progress_percent / 100) * cells);
  return `[${"█".repeat(full)}${"░".repeat(cells - full)}] ${words}`;
}

/** The same without a bar, for logs. */
export function plainLine(say: Say, progress: Progress): string {
  return `${percentText(progress)}  ${progressParts(say, progress).join("  ")}`;
}

/** What became of an ended task: its sentence, its errors, its suspect days. */
export function endLines(say: Say, progress: Progress): string[] {
  const task = progress.task_id;
  const more = progress.failed - progress.errors.length;
  return [
    progress.message ?? say(`status.${progress.status}`),
    ...progress.errors.map((error) => `  ${say("cli.errorLine", { day: error.date, sentence: error.error ?? error.code })}`),
    ...(progress.errors.length > 0 && more > 0 ? [`  ${say("cli.moreErrors", { count: more, task })}`] : []),
    ...(progress.suspect > 0 ? [say("cli.suspectDays", { count: progress.suspect, task })] : []),
  ];
}

/** One task alone. */
export function taskLines(say: Say, task: TaskSummary): string[] {
  const facts = {
    start: task.start_date,
    end: task.end_date,
    type: say(`taskType.${task.task_type}`),
    status: say(`status.${task.status}`),
  };
  const { success, failed, skipped, suspect, rows, started_by, start_time } = task;
  return [
    say("cli.taskId", { task: task.task_id }),
    say("cli.facts.range", facts),
    ...(start_time ? [say("cli.facts.by", { at: start_time, by: started_by ?? "none" })] : []),
    ...(task.status === "queued" ? [say("cli.facts.waits", { priority: task.priority })] : []),
    say("cli.facts.counts", { type: task.task_type, success, failed, skipped, suspect, rows }),
    ...(task.end_time ? endLines(say, task) : [plainLine(say, task)]),
  ];
}

/** Tasks as a table, one line each. */
export function tableLines(say: Say, tasks: readonly TaskSummary[]): string[] {
  if (tasks.length === 0) return [say("cli.table.empty")];
  const rows = tasks.map((task) => [
    task.task_id,
    say(`taskType.${task.task_type}`),
    say(`status.${task.status}`),
    task.status === "queued" ? say("cli.table.waiting", { priority: task.priority }) : percentText(task),
    task.failed + task.suspect > 0
      ? say("cli.table.bad", { type: task.task_type, failed: task.failed, suspect: task.suspect })
      : "",
    task.started_by ?? "",
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ""))));
  return rows.map((row) =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
