import { expect, onTestFinished, test } from "vitest";
import { createNotifier } from "@/server/notify/notifier";
import { createPost } from "@/server/notify/post";
import { createFakeClock } from "../support/clock";
import { createFakeLog } from "../support/fakes";
import { until } from "../cli/terminal";
import { aNotifier, bad, PATH } from "./a-notifier";
import { aWebhook, breaksOff, hangs, says, taken } from "./webhook";

test("a notice that comes in the moment in which the last one is done is sent too", async () => {
  for (let ticks = 0; ticks < 30; ticks += 1) {
    let posted = 0;
    const post = async () => {
      posted += 1;
      return { ok: true } as const;
    };
    const notifier = createNotifier({
      clock: createFakeClock(),
      log: createFakeLog(),
      webhook: { host: "example.com", post, close: async () => {} },
      origin: null,
      zone: "Asia/Shanghai",
      reads: { task: async () => null, activity: async () => [], failedDays: async () => [] },
    });
    notifier.ended(bad());
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    notifier.ended(bad());
    await new Promise((resolve) => setImmediate(resolve));
    expect({ ticks, posted }).toEqual({ ticks, posted: 2 });
  }
});

test.each([
  ["500", says(500)],
  ["429", says(429)],
  ["a broken connection", breaksOff],
  ["no answer within the deadline", hangs],
  ["a refusal inside a 200, as DingTalk does", says(200, '{"errcode":310000,"errmsg":"keywords not in content"}')],
  ["a refusal inside a 200, as Feishu does", says(200, '{"code":19024,"msg":"Key Words Not Found"}')],
])("%s is tried again, and what succeeds then was told", async (_what, fault) => {
  const { notifier, webhook, logged } = await aNotifier([fault, fault, taken], {}, 100);
  notifier.ended(bad());
  const lines = await logged(1);
  expect(webhook.told).toHaveLength(3);
  expect(new Set(webhook.told.map(({ text }) => text)).size).toBe(1);
  expect(lines[0]).toMatchObject({ level: "info" });
});

test("after three tries the notice is given up, and the next one is sent all the same", async () => {
  const { notifier, webhook, logged } = await aNotifier([says(503), says(503), says(503), taken]);
  notifier.ended(bad({ task_id: "one" }));
  notifier.ended(bad({ task_id: "two" }));
  const lines = await logged(2);
  expect(webhook.events()).toEqual(["task_finished one", "task_finished one", "task_finished one", "task_finished two"]);
  expect(lines[0]).toMatchObject({ level: "warn", fields: { task_id: "one", why: "status 503", tries: 3 } });
  expect(lines[1]).toMatchObject({ level: "info", fields: { task_id: "two" } });
});

test.each([400, 403, 404, 410, 302])("status %i will not change: one try", async (status) => {
  const { notifier, webhook, logged } = await aNotifier([says(status)]);
  notifier.ended(bad());
  const lines = await logged(1);
  expect(webhook.told).toHaveLength(1);
  expect(lines[0]?.fields).toMatchObject({ why: `status ${status}` });
});

test("nothing of the address but its host reaches the log, whatever goes wrong", async () => {
  const { notifier, webhook, log, logged } = await aNotifier([says(500), breaksOff, says(404)]);
  notifier.ended(bad());
  await logged(1);
  await webhook.close();
  notifier.ended(bad());
  await logged(2);
  const text = JSON.stringify(log.lines);
  expect(text).toContain("127.0.0.1");
  expect(text).not.toMatch(/sEcReT|hidden|T000/);
  expect(webhook.told[0]?.path).toBe(PATH);
});

test("a user and a password of the address become a header", async () => {
  const webhook = await aWebhook(taken);
  const post = createPost(webhook.url.replace("//", "//ann:p%40ss@"));
  onTestFinished(async () => {
    await webhook.close();
    await post.close();
  });
  expect(await post.post({ text: "x" }, new AbortController().signal)).toEqual({ ok: true });
  expect(webhook.told[0]?.headers.authorization).toBe(`Basic ${Buffer.from("ann:p@ss").toString("base64")}`);
});

test("a stop waits for what is on its way", async () => {
  let answer: () => void = () => {};
  const { notifier, webhook, log } = await aNotifier([
    (response) => {
      answer = () => void response.end();
    },
  ]);
  notifier.ended(bad());
  await until(() => webhook.told.length === 1);
  const stopped = notifier.stop();
  answer();
  await stopped;
  expect(log.lines).toMatchObject([{ level: "info" }]);
});

test("a webhook that hangs holds up a stop for three seconds and no longer; what waits is left and said", async () => {
  const { notifier, webhook, clock, log } = await aNotifier([hangs]);
  notifier.ended(bad({ task_id: "one" }));
  notifier.ended(bad({ task_id: "two" }));
  await until(() => webhook.told.length === 1);
  const before = clock.monotonic();
  const stopped = notifier.stop();
  await clock.advance(3_000);
  await stopped;
  expect(clock.monotonic() - before).toBe(3_000);
  expect(webhook.events()).toEqual(["task_finished one"]);
  expect(log.lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining(["notices were left unsent by a stop", "people could not be told"]),
  );
});

test("after a stop nothing is taken any more", async () => {
  const { notifier, webhook, clock } = await aNotifier([taken]);
  await clock.drive(notifier.stop());
  notifier.ended(bad());
  await clock.advance(60_000);
  expect(webhook.told).toEqual([]);
});

test("a night of failures does not fill the memory: a hundred notices wait, the others are dropped and said", async () => {
  const { notifier, clock, log } = await aNotifier([hangs]);
  for (let task = 0; task < 150; task += 1) notifier.ended(bad({ task_id: `T${task}` }));
  expect(log.lines.filter(({ message }) => message.includes("dropped"))).toHaveLength(49);
  const stopped = notifier.stop();
  await clock.advance(3_000);
  await stopped;
});
