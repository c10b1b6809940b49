import { expect, test } from "vitest";
import { allEnded, everyStep } from "@/server/stop-steps";

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
