import { expect, test } from "vitest";
import { observe } from "@/server/sources/observed";
import { createFakeClock } from "../support/clock";
import { createFakeSource } from "../support/fakes";

test("between two days of a source that answers at once, everybody else has a turn", async () => {
  const { source } = observe(createFakeSource(), createFakeClock());
  const options = { signal: new AbortController().signal, onProgress() {} };
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  for (let day = 1; day <= 50; day += 1) await source.fetchDay("2024-01-02", options);
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(50);
});
