import { expect, test } from "vitest";
import { untilReached } from "@/server/db/boot";
import { DatabaseAwayError } from "@/server/sync/errors";
import { createFakeLog } from "../support/fakes";

const stopped = () => AbortSignal.abort(new Error("the server stops"));

test("a server that stops before it reached its database does not ask it", async () => {
  let asked = 0;
  const work = async () => void (asked += 1);
  await expect(untilReached(createFakeLog(), stopped(), work)).rejects.toThrow("the server stops");
  expect(asked).toBe(0);
});

test("a database that is away is asked again until the server stops", async () => {
  const closing = new AbortController();
  const log = createFakeLog();
  const work = async () => {
    closing.abort(new Error("the server stops"));
    throw new DatabaseAwayError(new Error("refused"));
  };
  await expect(untilReached(log, closing.signal, work)).rejects.toBeInstanceOf(DatabaseAwayError);
  expect(log.lines).toEqual([]);
});
