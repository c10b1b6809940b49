import type { Schedule, ScheduleId } from "@/lib/contract/schedule";
import { readTime } from "./when";

/** Times as they were typed and not saved yet. */
export type Drafts = Partial<Record<ScheduleId, string>>;

export interface UnsavedTime {
  id: ScheduleId;
  from: string;
  /** Null: what was typed is no time. */
  to: string | null;
}

/** What *Save* would change. A draft that says what is saved already is none. */
export function unsavedOf(schedules: readonly Pick<Schedule, "id" | "time">[], drafts: Drafts): UnsavedTime[] {
  return schedules.flatMap(({ id, time }) => {
    const draft = drafts[id];
    const to = draft === undefined ? time : readTime(draft);
    return to === time ? [] : [{ id, from: time, to }];
  });
}
