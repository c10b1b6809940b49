import { describe, expect, it } from "vitest";
import { detailsOf, groupByCause } from "@/components/progress/causes";
import type { Day } from "@/lib/contract/day";
import type { DayError, TaskDay } from "@/lib/contract/task";

const day = (date: Day, over: Partial<TaskDay> = {}): TaskDay => ({
  date,
  status: "success",
  reason: null,
  rows: 5400,
  rejected: 0,
  suspect: false,
  warnings: [],
  duration_ms: 1000,
  attempts: 1,
  error: null,
  source: "sample",
  diff: null,
  ...over,
});
const failed = (date: Day, error: DayError) => day(date, { status: "failed", reason: error.code, rows: null, error });

describe("groupByCause", () => {
  it("puts days of one cause together, the newest first, whatever their numbers", () => {
    const causes = groupByCause([
      failed("2025-10-14", { code: "incomplete", params: { rows: 3000, expected: 5400, percent: 44 } }),
      failed("2025-10-15", { code: "incomplete", params: { rows: 3100, expected: 5400, percent: 43 } }),
    ]);
    expect(causes).toHaveLength(1);
    expect(causes[0]?.days.map((each) => each.date)).toEqual(["2025-10-15", "2025-10-14"]);
  });

  it("keeps apart what is told in different words, though it bears one code", () => {
    const causes = groupByCause([
      failed("2025-10-13", { code: "source_empty", params: { kind: "no_file", detail: "a" } }),
      failed("2025-10-14", { code: "source_empty", params: { kind: "no_row_in_file", detail: "b" } }),
      failed("2025-10-15", { code: "source_error", params: { kind: "html", detail: "a" } }),
      failed("2025-10-16", { code: "source_error", params: { kind: "truncated", detail: "b" } }),
      failed("2025-10-17", { code: "bad_rows", params: { rule: "duplicate" } }),
      failed("2025-10-20", { code: "bad_rows", params: { rule: "bad_encoding" } }),
      failed("2025-10-21", { code: "incomplete", params: { reference: "replaced" } }),
      failed("2025-10-22", { code: "incomplete", params: { reference: "neighbours" } }),
    ]);
    expect(causes).toHaveLength(8);
  });

  it("names failures before suspect days and the newest cause first", () => {
    const causes = groupByCause([
      failed("2025-10-14", { code: "timeout", params: { seconds: 60 } }),
      failed("2025-10-16", { code: "source_empty", params: {} }),
      day("2025-10-17", { suspect: true, reason: "few_rows" }),
    ]);
    expect(causes.map((cause) => cause.code)).toEqual(["source_empty", "timeout", "few_rows"]);
  });

  it("names a day that only the source's calendar has open, beside what else is to say of the day", () => {
    const differs = (days: string) => ({ code: "calendar_differs", params: { count: 1, days } }) as const;
    const causes = groupByCause([
      day("2025-10-09", { warnings: [differs("2025-10-08")], suspect: true, reason: "few_rows" }),
      day("2025-10-10", { warnings: [differs("2025-10-08")] }),
      day("2025-10-27", { warnings: [differs("2025-10-24")] }),
      day("2025-10-28", { warnings: [{ code: "closed_day", params: {} }] }),
    ]);
    expect(causes.map(({ code, days }) => [code, days.map(({ date }) => date)])).toEqual([
      ["calendar_differs", ["2025-10-27"]],
      ["calendar_differs", ["2025-10-10", "2025-10-09"]],
      ["few_rows", ["2025-10-09"]],
    ]);
  });

  it("leaves out what is well, and days that are only skipped", () => {
    expect(groupByCause([day("2025-10-14"), day("2025-10-18", { status: "skipped", reason: "weekend" })])).toEqual([]);
  });
});

describe("detailsOf", () => {
  it("is JSON that names the task, the cause and its days", () => {
    const [cause] = groupByCause([failed("2025-10-15", { code: "timeout", params: { seconds: 60 } })]);
    if (!cause) throw new Error("expected a cause");
    const details = JSON.parse(detailsOf("t1", cause));
    expect(details).toMatchObject({
      task_id: "t1",
      cause: "timeout",
      days: [{ date: "2025-10-15", error: { params: { seconds: 60 } } }],
    });
  });
});
