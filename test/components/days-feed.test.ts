import { describe, expect, it } from "vitest";
import { applyDays, createDaysFeed, type HeldDays } from "@/components/data/days-feed";
import type { TaskDay } from "@/lib/contract/task";
import { aTaskDay as day } from "../support/builders";

const held = (daysSeq: number): HeldDays => ({
  task_id: "t",
  days_seq: daysSeq,
  days: [day("2025-10-09", "pending"), day("2025-10-10", "pending")],
});
const delta = (daysSeq: number, ...days: TaskDay[]) => ({ task_id: "t", days_seq: daysSeq, days });
const statuses = (days: HeldDays | null) => days?.days.map((each) => `${each.date} ${each.status}`);

describe("pushed days", () => {
  it("replace the days they name when they follow on", () => {
    const next = applyDays(held(4), delta(5, day("2025-10-10", "success")));
    expect(next?.days_seq).toBe(5);
    expect(statuses(next)).toEqual(["2025-10-09 pending", "2025-10-10 success"]);
  });

  it("change nothing when they come late", () => {
    const before = held(4);
    expect(applyDays(before, delta(4, day("2025-10-10", "success")))).toBe(before);
  });

  it("ask for a new read after a gap", () => {
    expect(applyDays(held(4), delta(6, day("2025-10-10", "success")))).toBeNull();
  });

  it("put unknown days in their place", () => {
    expect(statuses(applyDays(held(4), delta(5, day("2025-10-01", "skipped"))))?.[0]).toBe("2025-10-01 skipped");
  });

  it("that overtook a reply are put into it", () => {
    const feed = createDaysFeed();
    feed.remember(delta(4, day("2025-10-09", "failed")));
    feed.remember(delta(5, day("2025-10-09", "success")));
    feed.remember({ ...delta(6, day("2025-10-10", "failed")), task_id: "another" });
    feed.remember(delta(6, day("2025-10-10", "success")));
    const caughtUp = feed.catchUp(held(4));
    expect(caughtUp.days_seq).toBe(6);
    expect(statuses(caughtUp)).toEqual(["2025-10-09 success", "2025-10-10 success"]);
  });
});
