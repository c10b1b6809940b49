import { addDays, type Day, eachDay, isWeekend } from "@/lib/contract/day";
import type { Schedule, ScheduleFire } from "@/lib/contract/schedule";

/** A day of a schedule: what fired on it, or what is known without a fire. */
export interface FireDay {
  day: Day;
  fire: ScheduleFire | null;
  /** Without a fire: is one due, is the exchange closed, is the schedule off, or did nothing happen. */
  without: "due" | "closed_day" | "off" | "none";
}

const DAYS_BACK = 8;
const DAYS_AHEAD = 5;

/** The days of the strip around today. No further ahead than the next five fires reach. */
export function daysAround(today: Day): Day[] {
  return eachDay(addDays(today, -DAYS_BACK), addDays(today, DAYS_AHEAD));
}

/** What a schedule did and will do on these days, all of them days of the exchange. */
export function fireDays(
  schedule: Pick<Schedule, "id" | "enabled" | "held" | "next" | "last">,
  today: Day,
  days: Day[],
): FireDay[] {
  const fires = new Map(schedule.last.map((fire) => [fire.local_date, fire]));
  // An instant bears the exchange's offset, so its date is the exchange's day.
  const due = new Set(schedule.next.map((at) => at.slice(0, 10)));
  const isFiring = schedule.enabled && schedule.held === null;
  return days.map((day) => {
    const fire = fires.get(day) ?? null;
    return { day, fire, without: without(day) };
  });

  function without(day: Day): FireDay["without"] {
    if (due.has(day)) return "due";
    if (day < today) return "none";
    if (!isFiring) return "off";
    if (day === today) return "none";
    return schedule.id === "daily" && isSkipped(day) ? "closed_day" : "due";
  }

  /** The daily sync passes over days without trading; beyond the last known fire only weekends are sure. */
  function isSkipped(day: Day): boolean {
    const lastKnown = schedule.next.at(-1)?.slice(0, 10) ?? "";
    return day < lastKnown || isWeekend(day);
  }
}
