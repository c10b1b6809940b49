import type { SyncDays } from "@/lib/contract/events";
import type { TaskDay } from "@/lib/contract/task";

/** All days of a task as the page holds them; `days_seq` is the last change that is in them. */
export interface HeldDays {
  task_id: string;
  days_seq: number;
  days: TaskDay[];
}

/** How many late deltas are kept for a read that is under way: a minute at four a second. */
const KEPT_DELTAS = 240;

/** Puts one delta in: the next one applies, an old one changes nothing, a later one is a gap (`null`: read again). */
export function applyDays(held: HeldDays, delta: SyncDays): HeldDays | null {
  if (delta.days_seq <= held.days_seq) return held;
  if (delta.days_seq !== held.days_seq + 1) return null;
  const changed = new Map(delta.days.map((day) => [day.date, day]));
  const days = held.days.map((day) => changed.get(day.date) ?? day);
  const known = new Set(held.days.map((day) => day.date));
  const added = delta.days.filter((day) => !known.has(day.date));
  if (added.length > 0) days.push(...added);
  return { task_id: held.task_id, days_seq: delta.days_seq, days: added.length > 0 ? sortByDate(days) : days };
}

function sortByDate(days: TaskDay[]): TaskDay[] {
  return days.sort((a, b) => (a.date < b.date ? -1 : 1));
}

/**
 * Remembers the last deltas, so that a reply that was already on its way when one arrived can catch up:
 * without this the last delta of a task could fall between the read and the cache and stay lost.
 */
export function createDaysFeed() {
  let recent: SyncDays[] = [];
  return {
    remember(delta: SyncDays): void {
      recent = [...recent.slice(1 - KEPT_DELTAS), delta];
    },
    /** What was read, with every remembered delta that follows on it. Stops at a gap: the next delta then asks to read again. */
    catchUp(read: HeldDays): HeldDays {
      let held = read;
      for (const delta of recent) {
        if (delta.task_id === held.task_id) held = applyDays(held, delta) ?? held;
      }
      return held;
    },
    forget(): void {
      recent = [];
    },
  };
}

/** The feed of this page; only the live store writes to it, and only in the browser. */
export const daysFeed = createDaysFeed();
