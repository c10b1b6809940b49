import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLog } from "@/server/log";

function logTo(format: "json" | "pretty") {
  const lines: string[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { log: createLog({ logLevel: "info", logFormat: format }, output), text: () => lines.join("") };
}

test("an event is one JSON line with level, ISO time, task and message", () => {
  const { log, text } = logTo("json");
  log.info({ task_id: "2024-01-02_2024-01-05_1700000000" }, "day stored");
  expect(JSON.parse(text())).toMatchObject({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    task_id: "2024-01-02_2024-01-05_1700000000",
    msg: "day stored",
  });
});

test.each(["json", "pretty"] as const)("passwords, tokens and cookies never reach the %s log", async (format) => {
  const { log, text } = logTo(format);
  log.warn(
    { err: new Error("connect to postgres://sync:hunter2@db/market failed") },
    "no database at postgres://sync:hunter2@db/market",
  );
  log.info(
    {
      headers: { cookie: "session=hunter2", authorization: "Bearer hunter2" },
      url: "https://api.example.com/d?token=hunter2&day=1",
    },
    "asked",
  );
  log.info({ password: "hunter2" }, "sent Authorization: Bearer hunter2");
  await expect.poll(text).toContain("sent Authorization");
  expect(text()).not.toContain("hunter2");
  expect(text()).toContain("db/market");
  expect(text()).toContain("day=1");
});

test("below its level nothing is written", () => {
  const { log, text } = logTo("json");
  log.debug("too fine");
  expect(text()).toBe("");
});
