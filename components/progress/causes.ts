import type { DayErrorCode } from "@/lib/contract/problem";
import type { TaskDay } from "@/lib/contract/task";

/** Days that failed, look too small or tell of a day the calendar lacks, for the same cause, newest day first. */
export interface Cause {
  key: string;
  look: "failed" | "suspect";
  code: DayErrorCode | "few_rows" | "calendar_differs";
  days: TaskDay[];
}

/** Which param makes two errors of a code different causes; numbers of a day never do. */
const KIND_OF: Partial<Record<DayErrorCode, string>> = {
  source_error: "kind",
  source_empty: "kind",
  bad_rows: "rule",
  incomplete: "reference",
};

/** Groups what needs attention by cause: failures first, within them the newest day first. */
export function groupByCause(days: readonly TaskDay[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const day of days) {
    for (const cause of causesOf(day)) {
      const held = causes.get(cause.key);
      if (held) held.days.push(day);
      else causes.set(cause.key, { ...cause, days: [day] });
    }
  }
  for (const cause of causes.values()) cause.days.sort((a, b) => (a.date < b.date ? 1 : -1));
  return [...causes.values()].sort(compareCauses);
}

function causesOf(day: TaskDay): Omit<Cause, "days">[] {
  if (day.status === "failed" && day.error) {
    const kind = KIND_OF[day.error.code];
    const value = kind ? (day.error.params[kind] ?? "") : "";
    return [{ key: `failed:${day.error.code}:${value}`, look: "failed", code: day.error.code }];
  }
  const isSuspect = day.status === "success" && day.suspect;
  const differs = day.warnings.find(({ code }) => code === "calendar_differs");
  return [
    ...(isSuspect ? [{ key: "suspect:few_rows", look: "suspect", code: "few_rows" } as const] : []),
    // Other days that the calendar lacks are another thing to set.
    ...(differs ? [{ key: `differs:${differs.params["days"] ?? ""}`, look: "suspect", code: "calendar_differs" } as const] : []),
  ];
}

function compareCauses(a: Cause, b: Cause): number {
  if (a.look !== b.look) return a.look === "failed" ? -1 : 1;
  return (a.days[0]?.date ?? "") < (b.days[0]?.date ?? "") ? 1 : -1;
}

/** The text behind *Copy details*: the cause and its days as JSON. Params hold no secrets, sources cut them out. */
export function detailsOf(taskId: string, cause: Cause): string {
  const days = cause.days.map(({ date, status, rows, rejected, attempts, duration_ms, error, warnings, source }) => ({
    date,
    status,
    rows,
    rejected,
    attempts,
    duration_ms,
    error,
    warnings,
    source,
  }));
  return JSON.stringify({ task_id: taskId, cause: cause.code, days }, null, 2);
}
