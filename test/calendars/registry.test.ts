import { describe, expect, test } from "vitest";
import { CALENDAR_IDS, type CalendarId } from "@/lib/contract/calendar";
import { type Day, eachDay, isWeekend } from "@/lib/contract/day";
import { closedDays } from "@/server/calendars/closure-list";
import { XHKG } from "@/server/calendars/closures/XHKG";
import { XNYS } from "@/server/calendars/closures/XNYS";
import { XSHG } from "@/server/calendars/closures/XSHG";
import { calendarOf } from "@/server/calendars/registry";

function sessions(id: CalendarId, year: number): number {
  const calendar = calendarOf(id);
  return eachDay(`${year}-01-01` as Day, `${year}-12-31` as Day).filter((day) => calendar.closedReason(day) === null).length;
}

describe("sessions a year", () => {
  test.each<[CalendarId, number, number]>([
    ["XSHG", 2005, 242],
    ["XSHG", 2015, 244],
    ["XSHG", 2020, 243],
    ["XSHG", 2023, 242],
    ["XSHG", 2024, 242],
    ["XSHG", 2025, 243],
    ["XSHG", 2026, 242],
    ["XNYS", 2017, 251],
    ["XNYS", 2025, 250],
    ["XNYS", 2026, 251],
    ["XHKG", 2017, 246],
    ["XHKG", 2023, 243],
  ])("%s had %d: %d", (id, year, count) => {
    expect(sessions(id, year)).toBe(count);
  });
});

test("each exchange says how many digits its codes have, where they are digits", () => {
  const digits = CALENDAR_IDS.map((id) => [id, calendarOf(id).codeDigits]);
  expect(Object.fromEntries(digits)).toEqual({ XSHG: 6, XNYS: null, XHKG: 5 });
});

describe("closed days", () => {
  test("a make-up workday on a Sunday is no session", () => {
    expect(calendarOf("XSHG").closedReason("2024-02-04")).toBe("weekend");
    expect(calendarOf("XSHG").closedReason("2025-10-11")).toBe("weekend");
  });

  test("each exchange has its own holidays", () => {
    expect(calendarOf("XSHG").closedReason("2025-10-01")).toBe("holiday");
    expect(calendarOf("XNYS").closedReason("2025-10-01")).toBeNull();
    expect(calendarOf("XNYS").closedReason("2025-07-04")).toBe("holiday");
    expect(calendarOf("XHKG").closedReason("2023-09-08")).toBe("holiday");
  });

  test("a holiday that falls on a weekend is called a weekend", () => {
    expect(calendarOf("XSHG").closedReason("2025-10-04")).toBe("weekend");
  });

  test("weekdays after the last known day count as open", () => {
    const calendar = calendarOf("XSHG");
    expect(calendar.knownUntil).toBe("2026-12-31");
    expect(calendar.closedReason("2027-01-01")).toBeNull();
    expect(calendar.closedReason("2027-01-02")).toBe("weekend");
  });

  test.each([
    ["XSHG", XSHG, 501],
    ["XNYS", XNYS, 254],
    ["XHKG", XHKG, 390],
  ] as const)("the list of %s holds weekdays only, in order, none twice", (_, closures, count) => {
    const days = closedDays(closures);
    expect(days).toHaveLength(count);
    expect(days.filter(isWeekend)).toEqual([]);
    expect(days).toEqual([...new Set(days)].sort());
    expect(days.at(-1)! <= closures.knownUntil).toBe(true);
  });
});

describe("corrections", () => {
  test("a closed correction closes a weekday, an open one opens a holiday and a Saturday", () => {
    const calendar = calendarOf("XSHG", { closed: ["2025-06-18"], open: ["2025-10-01", "2025-10-11"] });
    const set = (["2025-06-18", "2025-10-01", "2025-10-02", "2025-06-17"] as const).map((day) => calendar.isSet?.(day));
    expect(set).toEqual([true, true, false, false]);
    expect(calendar.closedReason("2025-06-18")).toBe("holiday");
    expect(calendar.closedReason("2025-10-01")).toBeNull();
    expect(calendar.closedReason("2025-10-11")).toBeNull();
  });

  test("corrections of one calendar leave the next one alone", () => {
    calendarOf("XSHG", { closed: ["2025-06-18"] });
    expect(calendarOf("XSHG").closedReason("2025-06-18")).toBeNull();
  });
});

test("every exchange of the contract has its zone", () => {
  expect(CALENDAR_IDS.map((id) => calendarOf(id).zone)).toEqual(["Asia/Shanghai", "America/New_York", "Asia/Hong_Kong"]);
});
