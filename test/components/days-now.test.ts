import { expect, test } from "vitest";
import { daysNow } from "@/components/day/days-now";
import { aTaskDay as day } from "../support/builders";

const days = [day("2024-03-01", "success"), day("2024-03-04", "syncing"), day("2024-03-05", "pending")];

test("the day in work is the one the progress names, whatever the last read said", () => {
  const now = daysNow(days, { status: "running", current_date: "2024-03-05" });
  expect(now.map(({ status }) => status)).toEqual(["success", "pending", "syncing"]);
});

test("an interrupted task works on no day", () => {
  const now = daysNow(days, { status: "interrupted", current_date: "2024-03-05" });
  expect(now.map(({ status }) => status)).toEqual(["success", "pending", "pending"]);
});

test("an outcome is final, though the progress still names its day", () => {
  expect(daysNow(days, { status: "running", current_date: "2024-03-01" })[0]?.status).toBe("success");
});
