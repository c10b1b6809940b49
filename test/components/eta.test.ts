import { describe, expect, it } from "vitest";
import { nextSaid } from "@/components/progress/announce";
import { elapsedSeconds, timeLeftOf } from "@/components/progress/eta";

describe("timeLeftOf", () => {
  const running = { status: "running", eta_range: null, wait: null } as const;

  it("says nothing before the server knows", () => {
    expect(timeLeftOf(running, 0)).toEqual({ kind: "unknown" });
  });

  it("shows the server's range and nothing of its own", () => {
    expect(timeLeftOf({ ...running, eta_range: [240, 360] }, 0)).toEqual({ kind: "range", seconds: [240, 360] });
  });

  it("counts a wait down instead of showing a range", () => {
    const wait = { code: "rate_limited", until: "2025-10-18T16:00:40+08:00" } as const;
    const now = Date.parse("2025-10-18T16:00:00+08:00");
    expect(timeLeftOf({ ...running, eta_range: [1, 2], wait }, now)).toEqual({
      kind: "waiting",
      code: "rate_limited",
      seconds: 40,
    });
    expect(timeLeftOf({ ...running, wait }, now + 90_000)).toEqual({ kind: "waiting", code: "rate_limited", seconds: 0 });
  });

  it("says of a pause by the system when it ends, and that it is next once that time has come", () => {
    const pause = { reason: "quota", by: null, resume_at: "2025-10-18T16:00:40+08:00", detail: null } as const;
    const paused = { ...running, status: "paused", pause } as const;
    const at = Date.parse(pause.resume_at);
    expect(timeLeftOf(paused, at - 1)).toEqual({ kind: "resumes", at: pause.resume_at });
    expect(timeLeftOf(paused, at)).toEqual({ kind: "resumes", at: null });
    expect(timeLeftOf({ ...paused, pause: { ...pause, reason: "person", resume_at: null } }, at)).toEqual({ kind: "paused" });
  });

  it("promises nothing while the database is away", () => {
    expect(timeLeftOf({ ...running, eta_range: [1, 2] }, 0, true)).toEqual({ kind: "database" });
  });

  it("promises nothing while a takeover is awaited", () => {
    expect(timeLeftOf({ ...running, status: "interrupted", eta_range: [1, 2] }, 0)).toEqual({ kind: "takeover" });
  });
});

describe("elapsedSeconds", () => {
  const start_time = "2025-10-18T16:00:00+08:00";

  it("runs with the clock until the task ends, then is the server's figure", () => {
    const now = Date.parse(start_time) + 392_900;
    expect(elapsedSeconds({ start_time, end_time: null, duration_seconds: 390 }, now)).toBe(392);
    expect(elapsedSeconds({ start_time, end_time: "2025-10-18T16:06:30+08:00", duration_seconds: 390 }, now)).toBe(390);
  });
});

describe("nextSaid", () => {
  const at = (progress_percent: number, status: "running" | "completed" = "running") => ({
    task_id: "t1",
    status,
    progress_percent,
  });

  it("speaks each 10 % and at most every 30 s", () => {
    const first = nextSaid(null, at(12), 0);
    expect(nextSaid(first, at(19), 60_000)).toBeNull();
    expect(nextSaid(first, at(21), 29_000)).toBeNull();
    expect(nextSaid(first, at(21), 30_000)).toMatchObject({ step: 2 });
  });

  it("always says the end, and says it once", () => {
    const first = nextSaid(null, at(99.9), 0);
    const end = nextSaid(first, at(100, "completed"), 1_000);
    expect(end).toMatchObject({ final: true });
    expect(nextSaid(end, at(100, "completed"), 90_000)).toBeNull();
  });
});
