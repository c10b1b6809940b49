import { expect, test } from "vitest";
import { exitCodeOf } from "@/cli/exit-codes";
import { endLines, plainLine, spanText, tableLines } from "@/cli/lines";
import { humanOutput } from "@/cli/output";
import { sayIn } from "@/cli/text";
import { fitted, widthOf } from "@/cli/width";
import { withSentences } from "@/server/http/sentences";
import { toProgress, toSummary } from "@/server/sync/asked/progress";
import { aTask } from "../support/builders";
import { NOON_MS } from "../support/clock";

const say = sayIn("en");
const live = { current_date: "2024-03-05", phase: "fetching", fetched: null, eta: [180, 300], wait: null } as const;
const half = toProgress(
  aTask({ total: 10, success: 3, failed: 1, rows: 3_000, live: { ...live, eta: [180, 300] } }),
  "UTC",
  NOON_MS,
);

function aSink(isTTY: boolean, columns = 80) {
  const sink = { isTTY, columns, text: "", write: (text: string) => (sink.text += text) };
  return sink;
}

/** What a person sees of what was written, line by line. */
function screen(text: string): string[] {
  return text.split("\n").map((line) => line.slice(line.lastIndexOf("\r\u001B[2K") + 1).replace("\u001B[2K", ""));
}

test("the bar is one line that is drawn over, and remarks stand above it", () => {
  const out = aSink(true, 120);
  const output = humanOutput(say, out, out);
  output.progress(half);
  output.progress({ ...half, current: 5, success: 4, progress_percent: 50, current_date: "2024-03-06" });
  output.remark("The server does not answer; trying again.");
  output.end(0, { data: null });
  output.say("done");
  expect(screen(out.text)).toEqual([
    "The server does not answer; trying again.",
    "[██████████░░░░░░░░░░]  50.0%  2024-03-06  5/10 days  3,000 rows  1 failed  3–5 min left",
    "done",
    "",
  ]);
});

test("the same state is drawn once", () => {
  const out = aSink(true);
  const output = humanOutput(say, out, out);
  output.progress(half);
  const once = out.text;
  output.progress({ ...half });
  expect(out.text).toBe(once);
});

test("on a narrow terminal the bar gives way to the words", () => {
  const shown = [100, 75, 67, 40].map((columns) => {
    const out = aSink(true, columns);
    humanOutput(say, out, out).progress(half);
    return [out.text.replace(/[^█░]/g, "").length, out.text.endsWith("left")];
  });
  expect(shown).toEqual([
    [20, true],
    [6, true],
    [0, true],
    [0, false],
  ]);
});

test("a terminal that says it has no columns is taken for one of eighty", () => {
  const out = aSink(true, 0);
  humanOutput(say, out, out).progress(half);
  expect(widthOf(out.text)).toBe(79);
});

test.each([20, 40, 60])("the bar never wraps on %i columns, Chinese included", (columns) => {
  const out = aSink(true, columns);
  humanOutput(sayIn("zh-CN"), out, out).progress(half);
  expect(widthOf(out.text)).toBeLessThan(columns);
});

test("in a log a line comes with a change of status, a failure and every five percent, and without control characters", () => {
  const out = aSink(false);
  const output = humanOutput(say, out, out);
  for (let day = 0; day <= 100; day += 1) output.progress({ ...half, failed: 0, current: day, progress_percent: day / 2 });
  expect(out.text.split("\n")).toHaveLength(11 + 1);
  output.progress({ ...half, failed: 1, current: 100, progress_percent: 50 });
  output.progress({ ...half, failed: 1, current: 100, progress_percent: 50, status: "pausing" });
  expect(out.text.split("\n")).toHaveLength(13 + 1);
  expect(["\r", "\u001B", "█"].filter((sign) => out.text.includes(sign))).toEqual([]);
});

test("a wide character takes two columns, a mark none", () => {
  expect(widthOf("同步 ok")).toBe(7);
  expect(widthOf("e\u0301")).toBe(1);
  expect(fitted("同步完成", 5)).toBe("同步…");
  expect(fitted("同步", 4)).toBe("同步");
});

test.each([
  [[10, 40], "10–40 s"],
  [[0, 0], "0 s"],
  [[0, 2], "2 s"],
  [[180, 300], "3–5 min"],
  [[89, 89], "89 s"],
  [[3_600, 9_000], "1–2.5 h"],
] as const)("%j seconds are %s", (span, text) => {
  expect(spanText(say, span)).toBe(text);
});

test.each([
  [{ status: "completed", failed: 0, suspect: 0 }, 0],
  [{ status: "completed", failed: 1, suspect: 0 }, 1],
  [{ status: "completed", failed: 0, suspect: 1 }, 1],
  [{ status: "failed", failed: 0, suspect: 0 }, 1],
  [{ status: "cancelled", failed: 3, suspect: 0 }, 4],
  [{ status: "running", failed: 3, suspect: 0 }, 0],
] as const)("%j is exit code %i", (progress, exitCode) => {
  expect(exitCodeOf(progress)).toBe(exitCode);
});

test("the end names the failed days, how many more there are, and the suspect ones", () => {
  const errors = [
    { date: "2024-03-05", code: "timeout", params: {}, error: "took too long", time: half.start_time ?? "" },
  ] as never;
  const lines = endLines(say, { ...half, status: "completed", message: "It ended.", failed: 3, suspect: 2, errors });
  expect(lines).toEqual([
    "It ended.",
    "  2024-03-05: took too long",
    `  and 2 failed days more: npm run sync -- status ${half.task_id}, or the page /history/${half.task_id}`,
    `2 stored days look too small: see /history/${half.task_id}`,
  ]);
});

test("a table has its columns under each other in Chinese too", () => {
  const tasks = [aTask(), aTask({ status: "interrupted", started_by: "李雷" })].map((task) => toSummary(task, "UTC", NOON_MS));
  const [first = "", second = ""] = tableLines(sayIn("zh-CN"), tasks);
  expect(widthOf(first.slice(0, first.indexOf("0.0%")))).toBe(widthOf(second.slice(0, second.indexOf("0.0%"))));
});

test("a pause by the system says why and when it goes on; a person's pause says who", () => {
  const paused = aTask({ status: "paused", pause_reason: "quota", resume_ms: NOON_MS + 12 * 3_600_000 });
  expect(plainLine(say, toProgress(paused, "Asia/Shanghai", NOON_MS))).toContain(
    "paused: the allowance of the source is used up, goes on by itself at 2024-03-06 00:00",
  );
  const byAnn = aTask({ status: "paused", pause_reason: "person", paused_by: "ann" });
  expect(plainLine(say, toProgress(byAnn, "UTC", NOON_MS))).toContain("paused by ann");
});

test("a wait says for what, and for how long", () => {
  const wait = { code: "rate_limited", until_ms: Date.now() + 3_600_000 } as const;
  const waiting = aTask({ live: { ...live, phase: "waiting", eta: null, wait } });
  expect(plainLine(say, toProgress(waiting, "UTC", NOON_MS))).toMatch(/waiting 3[56]\d\d s: the source limits the rate/);
});

test("a task between its days says which end it is at", () => {
  const nowhere = { ...half, current_date: null };
  const done = { ...nowhere, current: 10 };
  expect(plainLine(say, { ...nowhere, current: 0, total: 0 })).toContain("preparing the plan");
  expect(plainLine(say, done)).toContain("comparing the days once more");
  expect(plainLine(sayIn("zh-CN"), done)).toContain("正在最后比对各日");
  const task = { error: null };
  expect(withSentences(done, task, "en").message).toBe("Comparing the days once more...");
  expect(withSentences({ ...nowhere, current: 0 }, task, "zh-CN").message).toBe("正在准备计划...");
});
