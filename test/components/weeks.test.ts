import { describe, expect, it } from "vitest";
import { firstDayInRange, gridSizeOf, monthMarks, weekdaysShown, weekOf, weeksOf } from "@/components/day/weeks";

describe("weeks", () => {
  it("begin on Monday, also for a Sunday", () => {
    expect(weekOf("2025-10-22")).toBe("2025-10-20");
    expect(weekOf("2025-10-26")).toBe("2025-10-20");
    expect(weekOf("2025-10-20")).toBe("2025-10-20");
  });

  it("cover the range without a hole, over the end of a year", () => {
    expect(weeksOf(["2024-12-27", "2025-01-07"])).toEqual(["2024-12-23", "2024-12-30", "2025-01-06"]);
  });

  it("are none for no days", () => {
    expect(weeksOf([])).toEqual([]);
  });

  it("are headed by their first day inside the range", () => {
    expect(firstDayInRange("2025-10-20", "2025-10-22")).toBe("2025-10-22");
    expect(firstDayInRange("2025-10-27", "2025-10-22")).toBe("2025-10-27");
  });

  it("carry the name of a month where it begins, and the first one only where there is room", () => {
    const fromJanuary = weeksOf(["2025-01-02", "2025-03-14"]);
    expect([...monthMarks(fromJanuary, "2025-01-02")]).toEqual(["2024-12-30", "2025-02-03", "2025-03-03"]);
    const fromLateJanuary = weeksOf(["2025-01-28", "2025-03-14"]);
    expect([...monthMarks(fromLateJanuary, "2025-01-28")]).toEqual(["2025-02-03", "2025-03-03"]);
  });

  it("are drawn as cells to 10, as a wall to 60, and not at all beyond", () => {
    expect([0, 1, 10, 11, 60, 61].map(gridSizeOf)).toEqual(["none", "cells", "cells", "wall", "wall", "none"]);
  });

  it("leave out the weekend unless something came of it", () => {
    expect(weekdaysShown([{ date: "2025-10-25", look: "no_trading" }])).toHaveLength(5);
    expect(weekdaysShown([{ date: "2025-10-25", look: "complete" }])).toHaveLength(7);
    expect(weekdaysShown([{ date: "2025-10-25", look: "queued" }])).toHaveLength(5);
  });
});
