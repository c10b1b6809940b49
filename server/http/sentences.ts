import { minuteOf } from "@/lib/contract/instant";
import { isAtItsEnd } from "@/lib/contract/task-rules";
import type { BusyTask, Progress, TaskSummary } from "@/lib/contract/task";
import type { DayRecord } from "@/lib/contract/routes";
import type { BareDayRecord } from "@/server/sync/asked/day-records";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { type Language, say } from "./language";

/** The one line that says how a task stands, word for word as the original said it in Chinese. */
function messageOf(task: Pick<TaskRecord, "error">, progress: Progress, language: Language): string {
  const { success, failed, skipped, task_type: type } = progress;
  switch (progress.status) {
    case "running":
    case "pausing":
    case "cancelling":
      return progress.current_date
        ? say(language, "api.syncing", { type, day: progress.current_date, percent: progress.progress_percent.toFixed(1) })
        : say(language, isAtItsEnd(progress) ? "api.finishing" : "api.preparing");
    case "completed": {
      const seconds = progress.duration_seconds ?? 0;
      return say(language, "api.completed", {
        type,
        success,
        failed,
        skipped,
        minutes: Math.floor(seconds / 60),
        seconds: seconds % 60,
      });
    }
    case "failed":
      return say(language, "api.failed", {
        type,
        reason: task.error ? say(language, `taskError.${task.error.code}`, task.error.params) : "",
      });
    case "paused": {
      const { pause } = progress;
      if (!pause?.resume_at) return say(language, "api.paused");
      const at = minuteOf(pause.resume_at);
      return say(language, "api.pausedBySystem", { why: say(language, `pauseReason.${pause.reason}`), at });
    }
    case "cancelled":
      return say(language, "api.cancelled", { success, failed, skipped });
    default:
      return say(language, `api.${progress.status}`);
  }
}

/** Fills `message` and `errors[].error` in the language of the request. */
export function withSentences<P extends Progress>(progress: P, task: Pick<TaskRecord, "error">, language: Language): P {
  const errors = progress.errors.map((error) => ({ ...error, error: say(language, `dayError.${error.code}`, error.params) }));
  return { ...progress, message: messageOf(task, progress, language), errors };
}

/** The task in the way, with its sentences. */
export function busyWithSentences(busy: BusyTask, task: Pick<TaskRecord, "error">, language: Language): BusyTask {
  return { ...busy, progress: withSentences(busy.progress, task, language) };
}

/** A line of the history, with its sentences. */
export function summaryWithSentences(summary: TaskSummary, language: Language): TaskSummary {
  return withSentences(summary, summary, language);
}

/** A day record with the sentences of its error and its remarks. */
export function recordWithSentences({ error, warnings, ...record }: BareDayRecord, language: Language): DayRecord {
  const remarks = warnings.map((warning) => say(language, `dayWarning.${warning.code}`, warning.params));
  return {
    ...record,
    error_message: error ? say(language, `dayError.${error.code}`, error.params) : null,
    remarks: remarks.length > 0 ? remarks.join(language === "en" ? "; " : "；") : null,
  };
}
