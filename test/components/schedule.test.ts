import { describe, expect, it } from "vitest";
import type { Day } from "@/lib/contract/day";
import type { Schedule, ScheduleFire } from "@/lib/contract/schedule";
import { FIRE_OUTCOMES } from "@/lib/contract/schedule";
import { TASK_STATUSES } from "@/lib/contract/task";
import { unsavedOf } from "@/components/schedule/drafts";
import { daysAround, fireDays } from "@/components/schedule/fire-days";
import { lookOfFire } from "@/components/schedule/fire-look";
import { clockOf, nearnessOf, readTime, zoneLabel } from "@/components/schedule/when";

/** A Wednesday. */
const TODAY = "2025-11-19" as Day;

function fire(local_date: Day, outcome: ScheduleFire["outcome"], task_id: string | null = null): ScheduleFire {
  return { schedule_id: "daily", local_date, at: `${local_date}T20:00:00+08:00`, outcome, task_id };
}

function daily(part: Partial<Schedule> = {}): Pick<Schedule, "id" | "enabled" | "held" | "next" | "last"> {
  return {
    id: "daily",
    enabled: true,
    held: null,
    next: ["19", "20", "21", "24", "25"].map((day) => `2025-11-${day}T20:00:00+08:00`),
    last: [fire("2025-11-18", "skipped_busy"), fire("2025-11-17", "started", "a")],
    ...part,
  };
}

const without = (schedule: Parameters<typeof fireDays>[0]) =>
  Object.fromEntries(fireDays(schedule, TODAY, daysAround(TODAY)).map((of) => [of.day.slice(8), of.fire?.outcome ?? of.without]));

describe("the days around today", () => {
  it("are fourteen, eight of them past", () => {
    const days = daysAround(TODAY);
    expect([days.length, days[0], days[8], days.at(-1)]).toEqual([14, "2025-11-11", TODAY, "2025-11-24"]);
  });

  it("show what fired, what is due, and that a closed day between two fires is passed over", () => {
    expect(without(daily())).toMatchObject({
      16: "none",
      17: "started",
      18: "skipped_busy",
      19: "due",
      21: "due",
      22: "closed_day",
      23: "closed_day",
      24: "due",
    });
  });

  it("a schedule that is off or held has no coming days, and keeps its past", () => {
    for (const part of [{ enabled: false }, { held: "sample" as const }])
      expect(without(daily({ ...part, next: [] }))).toMatchObject({ 17: "started", 19: "off", 20: "off", 24: "off" });
  });

  it("a fire of today is told instead of a due one", () => {
    const fired = daily({ next: ["2025-11-20T20:00:00+08:00"], last: [fire(TODAY, "queued", "b")] });
    expect(without(fired)).toMatchObject({ 19: "queued", 20: "due" });
  });

  it("fill missing runs on weekends too", () => {
    const next = ["20", "21", "22", "23", "24"].map((day) => `2025-11-${day}T08:00:00+08:00`);
    expect(without({ ...daily(), id: "fill_missing", next, last: [] })).toMatchObject({ 22: "due", 23: "due", 24: "due" });
  });
});

describe("a fire", () => {
  const task = (status: (typeof TASK_STATUSES)[number], success: number, failed: number) => ({ status, success, failed });

  it("without a task is told by its outcome alone", () => {
    const alone = FIRE_OUTCOMES.filter((outcome) => outcome !== "started" && outcome !== "queued");
    expect(alone.map((outcome) => lookOfFire({ outcome }, null))).toEqual(alone);
    expect(lookOfFire({ outcome: "started" }, null)).toBe("started");
  });

  it("with a task is told by what became of the task", () => {
    const look = (status: (typeof TASK_STATUSES)[number], success = 0, failed = 0) =>
      lookOfFire({ outcome: "queued" }, task(status, success, failed));
    expect(TASK_STATUSES.map((status) => look(status))).toEqual([
      "waiting",
      "running",
      "running",
      "paused",
      "running",
      "cancelled",
      "waiting",
      "complete",
      "failed",
    ]);
  });

  it("that left failed days behind is not complete", () => {
    expect(lookOfFire({ outcome: "started" }, task("completed", 3, 1))).toBe("partly");
    expect(lookOfFire({ outcome: "started" }, task("completed", 0, 1))).toBe("failed");
    expect(lookOfFire({ outcome: "started" }, task("cancelled", 0, 1))).toBe("cancelled");
  });
});

describe("words of time", () => {
  it("call today and tomorrow by name, other days by their weekday", () => {
    expect(["2025-11-19", "2025-11-20", "2025-11-21", "2025-11-18"].map((day) => nearnessOf(day as Day, TODAY))).toEqual([
      "today",
      "tomorrow",
      "other",
      "other",
    ]);
  });

  it.each([
    ["Shanghai", "+08:00", "Shanghai, UTC+8"],
    ["New York", "-05:00", "New York, UTC−5"],
    ["Kolkata", "+05:30", "Kolkata, UTC+5:30"],
    ["London", "UTC", "London, UTC"],
    ["UTC", "UTC", "UTC"],
    ["香港", null, "香港"],
  ])("name the clock of %s at %s as %s", (city, offset, label) => {
    expect(zoneLabel(city, offset)).toBe(label);
  });

  it("parts the city from its offset by the comma of the page's language", () => {
    expect(zoneLabel("上海", "+08:00", "，")).toBe("上海，UTC+8");
  });

  it.each([
    ["20:00", "20:00"],
    ["7:30", "07:30"],
    ["0730", "07:30"],
    [" 19：45 ", "19:45"],
    ["24:00", null],
    ["20:60", null],
    ["20", null],
    ["8:5", null],
    ["", null],
  ])("read %j as %j", (text, time) => {
    expect(readTime(text)).toBe(time);
  });

  it("write an hour with a fraction as a clock does", () => {
    expect([18, 17.5, 9.25, 0].map(clockOf)).toEqual(["18:00", "17:30", "09:15", "00:00"]);
  });
});

describe("unsaved times", () => {
  const saved = [
    { id: "daily", time: "20:00" },
    { id: "fill_missing", time: "08:00" },
  ] as const;

  it("are the drafts that differ from what is saved, also when somebody else saved the same meanwhile", () => {
    expect(unsavedOf(saved, {})).toEqual([]);
    expect(unsavedOf(saved, { daily: "20:00" })).toEqual([]);
    expect(unsavedOf(saved, { fill_missing: "07:30" })).toEqual([{ id: "fill_missing", from: "08:00", to: "07:30" }]);
  });

  it("are none where the same time was written in another way", () => {
    expect(unsavedOf(saved, { daily: "2000", fill_missing: "8:00" })).toEqual([]);
  });

  it("keep a half typed time as one that cannot be saved", () => {
    expect(unsavedOf(saved, { daily: "20" })).toEqual([{ id: "daily", from: "20:00", to: null }]);
  });
});
