import { describe, expect, test } from "vitest";
import type { HttpAnswer } from "@/server/sources/http/answer";
import { refusalOfStatus, retryAfterMs } from "@/server/sources/http/refusal";
import { createFakeClock, NOON_MS } from "../../support/clock";

describe("what a status means", () => {
  const clock = createFakeClock(NOON_MS);
  const meaning = { secrets: ["s3cret"], clock, variable: "FILES_URL", forbidden: "auth" } as const;
  const answer = (status: number, text = "", headers: HttpAnswer["headers"] = {}): HttpAnswer => ({
    status,
    headers,
    bytes: Buffer.from(text),
    detail: "https://x/day",
  });

  test.each([
    [401, "auth", false],
    [403, "auth", false],
    [404, "broken", false],
    [408, "broken", true],
    [425, "broken", true],
    [429, "rate", false],
    [500, "broken", true],
    [502, "broken", true],
    [504, "broken", true],
  ] as const)("%d is %s, tried again by itself: %s", (status, refusal, retry) => {
    expect(refusalOfStatus(answer(status), meaning)).toMatchObject({
      refusal,
      retry,
      params: { status, detail: "https://x/day" },
    });
  });

  test("the provider is quoted without secrets, at most 300 characters", () => {
    const { params } = refusalOfStatus(answer(500, `<p>no ${"a".repeat(400)}</p>`), meaning);
    expect(params["detail"]).toHaveLength(301);
    expect(refusalOfStatus(answer(500, "bad key s3cret"), meaning).params["detail"]).toBe("bad key ***");
  });

  test.each([
    ["120", 120_000],
    ["0", 0],
    ["Tue, 05 Mar 2024 04:01:30 GMT", 90_000],
    ["Tue, 05 Mar 2024 03:00:00 GMT", 0],
    ["99999999", 24 * 3_600_000],
    ["soon", null],
    ["-5", null],
    ["", null],
    [undefined, null],
  ])("Retry-After %s is %s ms", (header, expected) => {
    expect(retryAfterMs(header, NOON_MS)).toBe(expected);
  });

  test("a server that is down and asks for more than a minute is left alone for so long", () => {
    const asking = (seconds: string, gateway?: "later") =>
      refusalOfStatus(answer(503, "", { "retry-after": seconds }), gateway ? { ...meaning, gateway } : meaning);
    expect(asking("60")).toMatchObject({ refusal: "broken" });
    expect(asking("60", "later")).toMatchObject({ refusal: "later" });
    const long = { refusal: "rate", waitMs: 3_600_000, params: { kind: "http_status", status: 503 } };
    expect(asking("3600")).toMatchObject(long);
    expect(asking("3600", "later")).toMatchObject(long);
  });

  test("503 with a time to wait keeps it", () => {
    expect(refusalOfStatus(answer(503, "", { "retry-after": "7" }), meaning)).toMatchObject({ refusal: "broken", waitMs: 7_000 });
  });
});
