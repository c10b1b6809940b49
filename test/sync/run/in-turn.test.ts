import { expect, test } from "vitest";
import { DatabaseAwayError } from "@/server/sync/errors";
import { createTurns } from "@/server/sync/run/in-turn";

/** Work that ends when the test says so, and tells when it began. */
function aWork() {
  let end!: (how: Error | null) => void;
  const ended = new Promise<string>((resolve, reject) => {
    end = (how) => (how ? reject(how) : resolve("done"));
  });
  const work = { hasBegun: false, end, run: () => ((work.hasBegun = true), ended) };
  return work;
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test("one after the other, in the order of asking", async () => {
  const inTurn = createTurns();
  const [first, second] = [aWork(), aWork()];
  const results = [inTurn(first.run), inTurn(second.run)];
  await settled();
  expect([first.hasBegun, second.hasBegun]).toEqual([true, false]);
  first.end(null);
  await settled();
  expect(second.hasBegun).toBe(true);
  second.end(null);
  expect(await Promise.all(results)).toEqual(["done", "done"]);
});

test("a failure is that of one alone", async () => {
  const inTurn = createTurns();
  const [first, second] = [aWork(), aWork()];
  const [one, two] = [inTurn(first.run), inTurn(second.run)];
  first.end(new Error("its own"));
  await expect(one).rejects.toThrow("its own");
  second.end(null);
  expect(await two).toBe("done");
});

test("whoever waits behind a database that does not answer fails with the first; who comes later asks anew", async () => {
  const inTurn = createTurns();
  const [first, second, third, later] = [aWork(), aWork(), aWork(), aWork()];
  const waiting = [inTurn(first.run), inTurn(second.run), inTurn(third.run)];
  const away = new DatabaseAwayError(new Error("ECONNREFUSED"));
  first.end(away);
  for (const one of waiting) await expect(one).rejects.toBe(away);
  expect([second.hasBegun, third.hasBegun]).toEqual([false, false]);
  later.end(null);
  expect(await inTurn(later.run)).toBe("done");
});
