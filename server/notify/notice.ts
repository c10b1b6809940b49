import { createTranslator } from "use-intl/core";
import type { Day } from "@/lib/contract/day";
import type { DayErrorCode, Fact, TaskErrorCode } from "@/lib/contract/problem";
import { type Instant, instantIn, minuteOf } from "@/lib/contract/instant";
import type { PauseReason, TaskStatus, TaskType } from "@/lib/contract/task";
import en from "@/lib/text/en.json";
import zh from "@/lib/text/zh-CN.json";
import type { TaskRecord } from "@/server/sync/task/task-record";

export type NoticeEvent = "task_finished" | "task_failed" | "task_taken_over" | "task_paused";

/** Failed days by their cause, the most frequent first. */
export interface Cause {
  code: DayErrorCode;
  days: number;
}

/** What is told of a task, as a program reads it. */
export interface Notice {
  event: NoticeEvent;
  /** The same for the same event of the same task: who gets it twice can tell. */
  notice_id: string;
  /** One sentence in Chinese and one in English, with the link where it is known. */
  text: string;
  task_id: string;
  task_type: TaskType;
  status: TaskStatus;
  start_date: Day;
  end_date: Day;
  success: number;
  failed: number;
  skipped: number;
  suspect: number;
  rows: number;
  causes: Cause[];
  error: Fact<TaskErrorCode> | null;
  /** Of a pause by the system: why, and when it goes on. */
  pause: { reason: PauseReason; resume_at: Instant; detail: string | null } | null;
  started_by: string | null;
  /** The instance that runs or ran the task, and how often it was taken over. */
  holder: string | null;
  takeovers: number;
  link: string | null;
}

const TRANSLATORS = [
  createTranslator({ locale: "zh-CN", messages: zh, timeZone: "UTC" }),
  createTranslator({ locale: "en", messages: en, timeZone: "UTC" }),
].map((translate) => translate as unknown as (key: string, params?: Record<string, string | number>) => string);

const SEPARATORS = ["、", ", "];

/** Where browsers reach the console, null where nobody said, and the zone of the exchange. */
export interface NoticePlace {
  origin: string | null;
  zone: string;
}

/** The notice of an event. */
export function makeNotice(event: NoticeEvent, task: TaskRecord, causes: Cause[], { origin, zone }: NoticePlace): Notice {
  const pause = event === "task_paused" ? pauseOf(task, zone) : null;
  const link = origin && `${origin}/history/${encodeURIComponent(task.task_id)}`;
  const sentences = TRANSLATORS.map((say, index) => sentence(say, event, task, causes, SEPARATORS[index] ?? ", ", pause));
  return {
    event,
    // A task may pause more than once: the time until which it does tells one from the other.
    notice_id: `${event}:${task.task_id}:${pause ? pause.resume_at : task.takeovers}`,
    text: [...sentences, ...(link ? [link] : [])].join("\n"),
    task_id: task.task_id,
    task_type: task.task_type,
    status: task.status,
    start_date: task.start_date,
    end_date: task.end_date,
    success: task.success,
    failed: task.failed,
    skipped: task.skipped,
    suspect: task.suspect,
    rows: task.rows,
    causes,
    error: task.error,
    pause,
    started_by: task.started_by,
    holder: task.holder,
    takeovers: task.takeovers,
    link,
  };
}

function pauseOf({ pause_reason, resume_ms, pause_detail }: TaskRecord, zone: string): Notice["pause"] {
  if (pause_reason === null || resume_ms === null) return null;
  return { reason: pause_reason, resume_at: instantIn(zone, resume_ms), detail: pause_detail };
}

type Say = (typeof TRANSLATORS)[number];

function sentence(
  say: Say,
  event: NoticeEvent,
  task: TaskRecord,
  causes: Cause[],
  separator: string,
  pause: Notice["pause"],
): string {
  const { task_type: type, start_date: start, end_date: end, success, failed, suspect } = task;
  const list = causes.map(({ code, days }) => say("webhook.cause", { reason: say(`dayReason.${code}`), days })).join(separator);
  const why = list ? say("webhook.causes", { causes: list }) : "";
  switch (event) {
    case "task_finished":
      return say("webhook.finished", { type, start, end, success, failed, suspect }) + why;
    case "task_failed":
      return say("webhook.failed", { type, start, end, success, reason: reasonOf(say, task) }) + why;
    case "task_taken_over":
      return say("webhook.takenOver", { type, start, end, holder: task.holder ?? "?" });
    case "task_paused": {
      const at = pause ? minuteOf(pause.resume_at) : "?";
      return say("webhook.paused", { type, start, end, success, why: say(`pauseReason.${pause?.reason ?? "person"}`), at });
    }
  }
}

function reasonOf(say: Say, { error }: TaskRecord): string {
  if (!error) return "?";
  return say(
    `taskError.${error.code}`,
    Object.fromEntries(Object.entries(error.params).map(([name, value]) => [name, value ?? "–"])),
  );
}

/** Causes of failed days, the most frequent first. */
export function causesOf(codes: readonly DayErrorCode[]): Cause[] {
  const counts = new Map<DayErrorCode, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, days]) => ({ code, days })).sort((a, b) => b.days - a.days);
}
