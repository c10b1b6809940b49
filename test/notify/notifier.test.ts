import { expect, test } from "vitest";
import { aTask } from "../support/builders";
import { NOON_MS } from "../support/clock";
import { aNotifier, bad, type Known } from "./a-notifier";
import { taken, type Told } from "./webhook";

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

test("a stop does not wait for a database that keeps a notice from being made", async () => {
  const never = new Promise<never>(() => {});
  const { notifier, webhook, clock } = await aNotifier([taken], { task: never });
  notifier.givenUp(["T"]);
  await clock.advance(1_000);
  await clock.drive(notifier.stop());
  expect(webhook.told).toEqual([]);
});
