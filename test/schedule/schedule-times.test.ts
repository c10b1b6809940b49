import { expect, test } from "vitest";
import { addDays, eachDay } from "@/lib/contract/day";
import { dayIn, instantIn } from "@/lib/contract/instant";
import { dueFires, isClockTime, momentOf, nextMoments } from "@/server/sync/time/schedule-times";
import { aSchedule, at, HOUR_MS } from "./bench";

const NEW_YORK = "America/New_York";
const SHANGHAI = "Asia/Shanghai";
const everyDay = () => true;

test.each(["00:00", "01:30", "02:00", "02:30", "08:00", "20:00", "23:59"])(
  "at %s every day of a New York year has one moment, on that day, and they follow one another",
  (time) => {
    const days = eachDay("2026-01-01", "2026-12-31");
    const moments = days.map((day) => momentOf(day, time, NEW_YORK));
    expect(moments.map((moment) => dayIn(NEW_YORK, moment))).toEqual(days);
    const steps = moments.slice(1).map((moment, index) => (moment - (moments[index] as number)) / HOUR_MS);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(22.5);
    expect(Math.max(...steps)).toBeLessThanOrEqual(25);
  },
);

test.each([
  ["2026-03-07", "20:00", "2026-03-07T20:00:00-05:00"],
  ["2026-03-08", "20:00", "2026-03-08T20:00:00-04:00"],
  ["2026-03-08", "02:30", "2026-03-08T03:00:00-04:00"],
  ["2026-11-01", "01:30", "2026-11-01T01:30:00-04:00"],
  ["2026-11-01", "20:00", "2026-11-01T20:00:00-05:00"],
] as const)("on %s at %s New York fires at %s", (day, time, instant) => {
  expect(instantIn(NEW_YORK, momentOf(day, time, NEW_YORK))).toBe(instant);
});

test("a clock time has two digits of each and stays within the day", () => {
  expect(["00:00", "08:05", "23:59"].every(isClockTime)).toBe(true);
  for (const text of ["25:00", "24:00", "8:00", "08:60", "08:00:00", "", " 08:00", null, 8])
    expect(isClockTime(text)).toBe(false);
});

test("a fire is due from its moment on, is made up for within six hours, and is missed after that", () => {
  const schedule = aSchedule("daily", { active_since_ms: at("2026-03-05T21:00:00+08:00") });
  const due = (instant: string) => dueFires(schedule, at(instant), SHANGHAI);
  expect(due("2026-03-06T19:59:59+08:00")).toEqual([]);
  expect(due("2026-03-06T20:00:00+08:00")).toEqual([{ local_date: "2026-03-06", isMissed: false }]);
  expect(due("2026-03-07T01:59:59+08:00")).toEqual([{ local_date: "2026-03-06", isMissed: false }]);
  expect(due("2026-03-07T02:00:00+08:00")).toEqual([{ local_date: "2026-03-06", isMissed: true }]);
});

test("what fired is not due again, and what was due before the schedule was active is nobody's", () => {
  const fire = { schedule_id: "daily", at_ms: 0, outcome: "started", task_id: "t", unpublished_ms: null } as const;
  const fired = aSchedule("daily", {
    active_since_ms: at("2026-03-04T20:00:01+08:00"),
    fires: [{ ...fire, local_date: "2026-03-06" }],
  });
  expect(dueFires(fired, at("2026-03-06T20:05:00+08:00"), SHANGHAI)).toEqual([{ local_date: "2026-03-05", isMissed: true }]);
});

test("after a long absence at most fourteen days and today are told", () => {
  const due = dueFires(aSchedule("daily"), at("2026-03-31T20:00:00+08:00"), SHANGHAI);
  expect(due.map(({ local_date }) => local_date)).toEqual(eachDay(addDays("2026-03-31", -14), "2026-03-31"));
});

test("the next moments keep the clock time over the change of summer time, and leave out what fired and what nobody wants", () => {
  const fire = { schedule_id: "daily", at_ms: 0, outcome: "started", task_id: "t", unpublished_ms: null } as const;
  const schedule = aSchedule("daily", { fires: [{ ...fire, local_date: "2026-03-06" }] });
  const asked = { nowMs: at("2026-03-06T10:00:00-05:00"), zone: NEW_YORK };
  const told = (moments: number[]) => moments.map((moment) => instantIn(NEW_YORK, moment));
  expect(told(nextMoments(schedule, 2, { ...asked, wants: everyDay }))).toEqual([
    "2026-03-07T20:00:00-05:00",
    "2026-03-08T20:00:00-04:00",
  ]);
  expect(told(nextMoments(schedule, 1, { ...asked, wants: (day) => day > "2026-03-08" }))).toEqual(["2026-03-09T20:00:00-04:00"]);
});
