import { describe, expect, test } from "vitest";
import { BadRowsError, DayFailure, SourceError } from "@/server/sync/errors";
import { shown, storable } from "@/server/sync/rows/shown";

describe("what is said of a refusal can be stored as JSON of PostgreSQL:", () => {
  test("NUL and halves of pairs go, all other signs stay", () => {
    expect(storable("a\0b\uD83D c\uDE00 平安😀𠮷")).toBe("a␀b\uFFFD c\uFFFD 平安😀𠮷");
  });

  test("a long value is cut between two signs", () => {
    expect(shown(`x${"😀".repeat(60)}`)).toBe(`x${"😀".repeat(29)}…`);
    expect(shown("\uD83D")).toBe("\uFFFD");
  });

  test.each([
    ["SourceError", new SourceError("broken", { kind: "other", detail: "\uD800\0", status: 500 })],
    ["BadRowsError", new BadRowsError({ rule: "missing_column", detail: "\uD800\0", status: 500 })],
    ["DayFailure", new DayFailure("source_error", { detail: "\uD800\0", status: 500 })],
  ])("every %s is clean, whoever made it", (_, { params }) => {
    expect(params).toMatchObject({ detail: "\uFFFD␀", status: 500 });
  });
});
