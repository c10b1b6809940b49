import { expect, test } from "vitest";
import { DiskFullError, LeaseLostError, type SystemPause } from "@/server/sync/errors";
import { type Circumstances, endOfBreak, endOfWork, type Ending } from "@/server/sync/run/run-end";
import type { RunResult } from "@/server/sync/run/run-task";

const NOW_MS = 1_000_000;
const quota: SystemPause = { reason: "quota", resumeMs: NOW_MS + 60_000, detail: "no more today" };
const calm: Circumstances = { wish: "run", isStopping: false, isLost: false, turn: 1, nowMs: NOW_MS };
const wordOf = (ending: Ending) => (ending.kind === "last_words" ? ending.end.status : ending.kind);

const whole: RunResult = { rejudged: [], isWhole: true, pause: null };
const half: RunResult = { ...whole, isWhole: false };
const closed: RunResult = { ...half, pause: { ...quota, heardFrom: null } };

test.each<[string, RunResult, Partial<Circumstances>, string]>([
  ["whole", whole, {}, "completed"],
  ["whole, a pause came too late", whole, { wish: "pause" }, "completed"],
  ["whole, a cancel came too late", whole, { wish: "cancel" }, "completed"],
  ["whole while the server stops", whole, { isStopping: true }, "completed"],
  ["half, a person pauses", half, { wish: "pause" }, "paused"],
  ["half, the server stops", half, { isStopping: true }, "handed_back"],
  ["half, the source is closed", closed, {}, "paused"],
])("work that is %s ends as it should", (_, result, over, expected) => {
  expect(wordOf(endOfWork(result, { ...calm, ...over }))).toBe(expected);
});

test("a person's pause gives no reason of the system, though the source is closed too", () => {
  expect(endOfWork(closed, { ...calm, wish: "pause" })).toMatchObject({ end: { status: "paused" } });
  expect(endOfWork(closed, { ...calm, wish: "pause" })).not.toHaveProperty("end.pause");
  expect(endOfWork(closed, { ...calm, turn: 3 })).toMatchObject({ end: { pause: { ...quota, turn: 3 } } });
});

const fault = new Error("a fault of the program");
const full = new DiskFullError(new Error("53100"));
const lost = new LeaseLostError("epoch 7 is over");
test.each<[string, Error, Partial<Circumstances>, string]>([
  ["a lost lease", lost, {}, "silenced"],
  ["a lost lease in the middle of a cancel", lost, { wish: "cancel" }, "silenced"],
  ["whatever follows from a lost lease", fault, { isLost: true }, "silenced"],
  ["a cancel", fault, { wish: "cancel" }, "cancelled"],
  ["a cancel before a full disk", full, { wish: "cancel" }, "cancelled"],
  ["a cancel while the server stops", fault, { wish: "cancel", isStopping: true }, "cancelled"],
  ["a full disk", full, {}, "paused"],
  ["a full disk while the server stops", full, { isStopping: true }, "paused"],
  ["a stop that cut the work", fault, { isStopping: true }, "handed_back"],
  ["a fault of the program", fault, {}, "failed"],
  ["a fault of the program before a pause", fault, { wish: "pause" }, "failed"],
])("work that %s breaks off ends as it should", (_, error, over, expected) => {
  expect(wordOf(endOfBreak(error, { ...calm, ...over }))).toBe(expected);
});

test("a full disk pauses for longer each time in a row, and a fault is told in its own words", () => {
  const pauseMs = (turn: number) => {
    const ending = endOfBreak(full, { ...calm, turn });
    return ending.kind === "last_words" && ending.end.pause ? ending.end.pause.resumeMs - NOW_MS : null;
  };
  expect([1, 2, 9].map(pauseMs)).toEqual([5 * 60_000, 10 * 60_000, 60 * 60_000]);
  expect(endOfBreak(fault, calm)).toMatchObject({
    end: { error: { code: "internal_error", params: { detail: fault.message } } },
  });
});
