import { expect, test } from "vitest";
import { allEnded, everyStep, HARD_STOP_MS, noLongerThan, STOP_MS } from "@/server/stop-steps";
import { createFakeLog } from "../support/fakes";

test("a step of the stop that fails does not keep the next ones from being taken, and is told at the end", async () => {
  const taken: string[] = [];
  const stopped = everyStep([
    () => taken.push("work"),
    async () => Promise.reject(new Error("the line does not close")),
    async () => taken.push("pools"),
    () => {
      throw new Error("another one");
    },
    () => taken.push("database"),
  ]);
  await expect(stopped).rejects.toThrow("the line does not close");
  expect(taken).toEqual(["work", "pools", "database"]);
});

test("where one of several fails the others are still waited for", async () => {
  let ended = false;
  const slow = new Promise((resolve) => setImmediate(resolve)).then(() => {
    ended = true;
  });
  await expect(allEnded([Promise.reject(new Error("no")), slow])).rejects.toThrow("no");
  expect(ended).toBe(true);
});

test("what does not end in its time is left to itself, which the log says; what it comes to later is nobody's concern", async () => {
  const log = createFakeLog();
  let fail = (_: Error) => {};
  const work = new Promise<void>((_, reject) => {
    fail = reject;
  });
  await noLongerThan(1, "pools", log, () => work);
  expect(log.lines).toMatchObject([{ level: "warn", fields: { what: "pools", ms: 1 } }]);
  fail(new Error("too late"));
  await new Promise((resolve) => setImmediate(resolve));
});

test("what ends in time is not spoken of, and rejects as it does", async () => {
  const log = createFakeLog();
  await noLongerThan(60_000, "pools", log, () => {});
  await expect(noLongerThan(60_000, "pools", log, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  const thrown = noLongerThan(60_000, "pools", log, () => {
    throw new Error("at once");
  });
  await expect(thrown).rejects.toThrow("at once");
  expect(log.lines).toEqual([]);
});

test("all parts of a stop at their longest leave the embedded database a second before the hard end", () => {
  const longest = Object.values(STOP_MS).reduce((sum, ms) => sum + ms, 0);
  expect(HARD_STOP_MS - longest).toBeGreaterThanOrEqual(1_500);
});
