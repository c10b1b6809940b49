import { expect, test } from "vitest";
import { todayOf } from "@/server/sync/time/today";
import { aCalendar } from "../../support/builders";

const at = (iso: string, zone = "Asia/Shanghai", publishHour = 18) =>
  todayOf({ now: () => Date.parse(iso) }, { ...aCalendar(), zone }, { publishHour });

test("today is the exchange's, not the one of UTC", () => {
  expect(at("2024-03-04T16:30:00Z").day).toBe("2024-03-05");
  expect(at("2024-03-05T02:00:00Z", "America/New_York").day).toBe("2024-03-04");
});

test("the day is due from the publish hour on, on the exchange's clock", () => {
  expect(at("2024-03-05T09:59:00Z").notDue).toBe(true);
  expect(at("2024-03-05T10:00:00Z").notDue).toBe(false);
  expect(at("2024-03-05T09:29:00Z", "Asia/Shanghai", 17.5).notDue).toBe(true);
  expect(at("2024-03-05T09:30:00Z", "Asia/Shanghai", 17.5).notDue).toBe(false);
});

test("in summer the exchange's clock decides, not the offset of winter", () => {
  expect(at("2024-07-01T21:30:00Z", "America/New_York").notDue).toBe(true);
  expect(at("2024-07-01T22:00:00Z", "America/New_York").notDue).toBe(false);
  expect(at("2024-01-02T22:00:00Z", "America/New_York").notDue).toBe(true);
});
