import { afterEach, expect, test } from "vitest";
import { createNotifier } from "@/server/notify/notifier";
import { createPost } from "@/server/notify/post";
import type { RecordedActivity, TaskRecord } from "@/server/sync/task/task-record";
import { aTask } from "../support/builders";
import { createFakeClock, NOON_MS } from "../support/clock";
import { createFakeLog } from "../support/fakes";
import { until } from "../cli/terminal";
import { aWebhook, breaksOff, hangs, says, taken, type Told } from "./webhook";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const PATH = "/services/T000/B000/sEcReT?token=hidden";

interface Known {
  task?: TaskRecord | null;
  activity?: RecordedActivity["action"][];
  failedDays?: string[];
}

/** A notifier with a clock of its own before a real webhook. */
async function aNotifier(answers: Parameters<typeof aWebhook>, known: Known = {}, deadlineMs = 5_000) {
  const webhook = await aWebhook(...answers);
  const clock = createFakeClock();
  const log = createFakeLog();
  const notifier = createNotifier({
    clock,
    log,
    webhook: createPost(webhook.url + PATH, deadlineMs),
    origin: "https://dayfill.example.com",
    zone: "Asia/Shanghai",
    reads: {
      task: async () => known.task ?? null,
      activity: async () => (known.activity ?? []).map((action) => ({ action, by: null, at_ms: NOON_MS, reason: null })),
      failedDays: async () => (known.failedDays ?? []).map((code) => ({ error: { code, params: {} } }) as never),
    },
  });
  closers.push(webhook.close, () => clock.drive(notifier.stop()));
  /** Lets the pauses pass until the log has so many lines. */
  const logged = async (lines: number) => {
    const tick = setInterval(() => void clock.advance(1_000), 5);
    await until(() => log.lines.length >= lines).finally(() => clearInterval(tick));
    return log.lines;
  };
  return { notifier, webhook, clock, log, logged };
}

const error = (code: "timeout" | "source_error") => ({ date: "2024-03-05", code, params: {}, time_ms: NOON_MS }) as const;
const bad = (over: Partial<TaskRecord> = {}) =>
  aTask({
    status: "completed",
    success: 2,
    failed: 3,
    suspect: 1,
    errors: [error("timeout"), error("source_error"), error("source_error")],
    ...over,
  });

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

test("a task that ended with failed days is told once, with counts, causes, both languages and a link", async () => {
  const { notifier, webhook, logged } = await aNotifier([taken]);
  notifier.ended(bad());
  await logged(1);
  expect(webhook.told).toHaveLength(1);
  const { body, headers } = webhook.told[0] as Told;
  expect(headers["content-type"]).toContain("application/json");
  expect(body).toMatchObject({
    event: "task_finished",
    notice_id: "task_finished:2024-03-04_2024-03-08_1709611200:0",
    task_id: "2024-03-04_2024-03-08_1709611200",
    status: "completed",
    start_date: "2024-03-04",
    end_date: "2024-03-08",
    success: 2,
    failed: 3,
    suspect: 1,
    causes: [
      { code: "source_error", days: 2 },
      { code: "timeout", days: 1 },
    ],
    started_by: "ann",
    link: "https://dayfill.example.com/history/2024-03-04_2024-03-08_1709611200",
    msg_type: "text",
  });
  expect(String(body["text"]).split("\n")).toEqual([
    "Dayfill：2024-03-04 至 2024-03-08 的同步已完成，但有问题：成功 2 天，失败 3 天，存疑 1 天。失败原因：数据源错误 × 2、超时 × 1",
    "Dayfill: the sync 2024-03-04 – 2024-03-08 has finished with problems: 2 stored, 3 failed, 1 suspect. Failed days: source error × 2, timeout × 1",
    "https://dayfill.example.com/history/2024-03-04_2024-03-08_1709611200",
  ]);
  expect(body["content"]).toEqual({ text: body["text"] });
});

const QUOTA = { status: "paused", success: 2, pause_reason: "quota", pause_detail: "500 calls a day", pauses: 1 } as const;

test("a verify is told as a verify: its days are compared, not stored", async () => {
  const { notifier, webhook, logged } = await aNotifier([taken]);
  notifier.ended(aTask({ ...QUOTA, task_type: "verify", resume_ms: NOON_MS + 12 * 3_600_000 }));
  await logged(1);
  expect(String(webhook.told[0]?.body["text"]).split("\n").slice(0, 2)).toEqual([
    "Dayfill：2024-03-04 至 2024-03-08 的核对已暂停：数据源的调用额度已用完。已核对 2 天，将于 2024-03-06 00:00（交易所时间）自动继续",
    "Dayfill: the verify 2024-03-04 – 2024-03-08 has paused: the allowance of the source is used up. 2 days are compared; it goes on by itself at 2024-03-06 00:00 (exchange time)",
  ]);
});

test("a pause by the system is told with its reason and the time it ends, in the exchange's time", async () => {
  const { notifier, webhook, logged } = await aNotifier([taken]);
  notifier.ended(aTask({ ...QUOTA, resume_ms: NOON_MS + 12 * 3_600_000 }));
  await logged(1);
  expect(webhook.told[0]?.body).toMatchObject({
    event: "task_paused",
    notice_id: "task_paused:2024-03-04_2024-03-08_1709611200:2024-03-06T00:00:00+08:00",
    pause: { reason: "quota", resume_at: "2024-03-06T00:00:00+08:00", detail: "500 calls a day" },
  });
  expect(String(webhook.told[0]?.body["text"]).split("\n").slice(0, 2)).toEqual([
    "Dayfill：2024-03-04 至 2024-03-08 的同步已暂停：数据源的调用额度已用完。已写入 2 天，将于 2024-03-06 00:00（交易所时间）自动继续",
    "Dayfill: the sync 2024-03-04 – 2024-03-08 has paused: the allowance of the source is used up. 2 days are stored; it goes on by itself at 2024-03-06 00:00 (exchange time)",
  ]);
});

test.each([
  ["good to the last day", aTask({ status: "completed", success: 5 })],
  ["cancelled by a person", bad({ status: "cancelled" })],
  ["paused by a person", bad({ status: "paused", pause_reason: "person" })],
  [
    "paused for a disk that was full the last time already",
    aTask({ ...QUOTA, pause_reason: "disk_full", pauses: 2, resume_ms: NOON_MS }),
  ],
])("a task that is %s is no news", async (_what, task) => {
  const { notifier, webhook, clock } = await aNotifier([taken]);
  notifier.ended(task);
  await clock.drive(notifier.stop());
  expect(webhook.told).toEqual([]);
});

test("suspect days alone are news, and so is a failed task with its reason", async () => {
  const { notifier, webhook, logged } = await aNotifier([taken]);
  notifier.ended(bad({ failed: 0, errors: [] }));
  notifier.ended(aTask({ status: "failed", success: 2, error: { code: "poison_task", params: { crashes: 3 } } }));
  await logged(2);
  expect(webhook.told.map(({ body }) => body["event"])).toEqual(["task_finished", "task_failed"]);
  expect(webhook.told[1]?.text).toContain("3");
  expect(webhook.told[1]?.body["error"]).toEqual({ code: "poison_task", params: { crashes: 3 } });
});

test("more failed days than the task remembers are counted from the days themselves", async () => {
  const failedDays = [...Array.from({ length: 30 }, () => "source_empty"), "timeout"];
  const { notifier, webhook, logged } = await aNotifier([taken], { failedDays });
  notifier.ended(bad({ failed: 31 }));
  await logged(1);
  expect(webhook.told[0]?.body["causes"]).toEqual([
    { code: "source_empty", days: 30 },
    { code: "timeout", days: 1 },
  ]);
});

test.each([
  [["started", "interrupted", "taken_over"], true],
  [["started", "interrupted", "taken_over", "paused"], true],
  [["started", "interrupted", "taken_over", "paused", "resumed"], false],
  [["started"], false],
] as const)("after %j a run that begins is a takeover: %s", async (activity, isTold) => {
  const { notifier, webhook, clock, logged } = await aNotifier([taken], { activity: [...activity] });
  notifier.begun(aTask({ takeovers: 1, holder: "night:8000" }));
  if (isTold) await logged(1);
  await clock.drive(notifier.stop());
  expect(webhook.told.map(({ body }) => body["event"])).toEqual(isTold ? ["task_taken_over"] : []);
  if (isTold) expect(webhook.told[0]?.text).toContain("night:8000");
});

test("a task that was never taken over asks the database nothing", async () => {
  const { notifier, webhook, clock, log } = await aNotifier([taken], { activity: ["taken_over"] });
  notifier.begun(aTask());
  await clock.drive(notifier.stop());
  expect([webhook.told, log.lines]).toEqual([[], []]);
});

test("a task that is given up is told once that stands in the database", async () => {
  const known: Known = { task: aTask({ status: "interrupted" }) };
  const { notifier, webhook, clock, logged } = await aNotifier([taken], known);
  notifier.givenUp(["T"]);
  await clock.advance(1_000);
  expect(webhook.told).toEqual([]);
  known.task = aTask({ status: "failed", error: { code: "poison_task", params: { crashes: 3 } } });
  await logged(1);
  expect(webhook.told.map(({ body }) => body["event"])).toEqual(["task_failed"]);
});

test("a giving up that was rolled back is not told", async () => {
  const { notifier, webhook, clock } = await aNotifier([taken], { task: aTask({ status: "interrupted" }) });
  notifier.givenUp(["T"]);
  await clock.advance(10_000);
  await clock.drive(notifier.stop());
  expect(webhook.told).toEqual([]);
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
  closers.push(webhook.close, post.close);
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
