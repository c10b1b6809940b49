import { Cron } from "croner";
import { addDays, type Day, eachDay } from "@/lib/contract/day";
import { dayIn } from "@/lib/contract/instant";
import type { ScheduleRecord } from "@/server/sync/schedule-ports";

const HOUR_MS = 3_600_000;
/** A fire that is later than this is not made up for. */
const TOO_LATE_MS = 6 * HOUR_MS;
/** How many days back a missed fire is still worth a row. */
const LOOK_BACK_DAYS = 14;
/** The longest stretch without a trading day is far shorter. */
const LOOK_AHEAD_DAYS = 60;

const SHAPE = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** True for a clock time `00:00` … `23:59`. */
export function isClockTime(text: unknown): text is string {
  return typeof text === "string" && SHAPE.test(text);
}

/**
 * When the clock of the zone shows `time` on that day, in Unix milliseconds. Each day has one such moment: a time that is
 * skipped in spring is the first one after the gap, a time that comes twice in autumn is the first of the two.
 */
export function momentOf(day: Day, time: string, zone: string): number {
  const [, hours, minutes] = SHAPE.exec(time) ?? [];
  const job = new Cron(`${Number(minutes)} ${Number(hours)} * * *`, { timezone: zone, paused: true });
  const moment = job.nextRun(`${addDays(day, -1)}T23:59:59`);
  if (!moment) throw new Error(`no moment for ${day} ${time} in ${zone}`);
  return moment.getTime();
}

/** A fire whose time has come; `isMissed` = so late that nothing is started for it. */
export interface DueFire {
  local_date: Day;
  isMissed: boolean;
}

/** What is due now and has not fired, oldest first: after a while without a server that can be several days. */
export function dueFires(schedule: ScheduleRecord, nowMs: number, zone: string): DueFire[] {
  const today = dayIn(zone, nowMs);
  const [first, since] = [addDays(today, -LOOK_BACK_DAYS), dayIn(zone, schedule.active_since_ms)];
  const fired = new Set(schedule.fires.map((fire) => fire.local_date));
  return eachDay(first > since ? first : since, today).flatMap((day) => {
    if (fired.has(day)) return [];
    const momentMs = momentOf(day, schedule.time, zone);
    if (momentMs > nowMs || momentMs < schedule.active_since_ms) return [];
    return [{ local_date: day, isMissed: nowMs - momentMs >= TOO_LATE_MS }];
  });
}

/** The next moments of a schedule, on the days it wants; a day that fired already has none left. */
export function nextMoments(
  schedule: ScheduleRecord,
  count: number,
  { nowMs, zone, wants }: { nowMs: number; zone: string; wants(day: Day): boolean },
): number[] {
  const today = dayIn(zone, nowMs);
  const fired = new Set(schedule.fires.map((fire) => fire.local_date));
  const moments: number[] = [];
  for (const day of eachDay(today, addDays(today, LOOK_AHEAD_DAYS))) {
    if (moments.length === count) break;
    if (fired.has(day) || !wants(day)) continue;
    const momentMs = momentOf(day, schedule.time, zone);
    if (momentMs > nowMs) moments.push(momentMs);
  }
  return moments;
}
