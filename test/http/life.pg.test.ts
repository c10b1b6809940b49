import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import type { Started } from "@/lib/contract/routes";
import type { Progress, TaskDaysPage, TaskSummary } from "@/lib/contract/task";
import type { Call } from "../support/api-call";
import { type App, startApp } from "../support/app";
import { holdDay } from "../support/held-day";

const ENGLISH = { "Accept-Language": "en" };
const as = (name: string): Call => ({ method: "POST", headers: { "X-Operator": encodeURIComponent(name) } });

let app: App;
beforeEach(async () => {
  app = await startApp({ env: { SAMPLE_DAY_MS: "150", SAMPLE_SYMBOLS: "5", SAMPLE_FAIL_DAYS: "2024-02-06" } });
});
afterEach(() => app.stop());

const ask = (taskId: string, command: string, call: Call = { method: "POST" }) =>
  app.api<Progress>(`/sync/batch/${taskId}/${command}`, call);
const summary = async (taskId: string) => (await app.api<TaskSummary>(`/tasks/${taskId}`)).body.data;
const life = async (taskId: string) => (await summary(taskId)).activity.map((line) => [line.action, line.by]);
const days = async (taskId: string) => (await app.api<TaskDaysPage>(`/tasks/${taskId}/days`)).body.data.days;
/** A task at work, with its first day stored. It outlasts whatever is done meanwhile, unless it is to come to its end. */
async function atWork(until: Day = "2025-06-30"): Promise<string> {
  const taskId = await app.start("2024-01-02", until);
  await app.progressWhen(taskId, ({ success }) => success >= 1);
  return taskId;
}
const queue = (day: string, more: object = {}) => app.start(day, day, { if_busy: "queue", ...more });

describe("cancel", () => {
  test("is taken at once with the task as it is, ends it, and says who did it", async () => {
    const taskId = await atWork();
    const reply = await ask(taskId, "cancel", as("李雷"));
    expect(reply).toMatchObject({ status: 202, body: { status: "success", data: { task_id: taskId, status: "cancelling" } } });
    const done = await app.settle(taskId);
    expect(done).toMatchObject({ status: "cancelled", failed: 0, end_time: expect.any(String), current_date: null });
    expect(done.message).toMatch(/^已取消/);
    expect(done.progress_percent).toBeLessThan(100);
    const stored = (await days(taskId)).filter((day) => day.status === "success").map((day) => day.date);
    expect(stored).toHaveLength(done.success);
    const table = await app.ask("SELECT DISTINCT trade_date::text AS day FROM daily_stock_data ORDER BY 1");
    expect(table.map((row) => row["day"])).toEqual(stored);
    expect(await life(taskId)).toEqual([
      ["started", null],
      ["cancelled", "李雷"],
    ]);
    expect(await app.sync("2024-01-02", "2024-01-02")).toMatchObject({ status: "completed" });
  });
  test("of what has ended is refused in both languages, with the task as it is", async () => {
    const { task_id } = await app.sync("2024-01-02", "2024-01-02");
    for (const command of ["cancel", "pause", "resume"]) {
      const reply = await ask(task_id, command, { method: "POST", headers: ENGLISH });
      expect(reply).toMatchObject({
        status: 409,
        body: {
          status: "error",
          code: "illegal_transition",
          params: { command, status: "completed" },
          progress: { task_id, status: "completed", message: expect.stringMatching(/^Sync completed/) },
        },
      });
      expect(reply.body.message).toMatch(/^This task cannot be \w+: it is completed$/);
      expect((await ask(task_id, command)).body.message).toMatch(/[\u4e00-\u9fff]/);
    }
  });
});

describe("pause and resume", () => {
  test("pause waits for the day in work, resume goes on where it stopped, and each is told with its name", async () => {
    // The day in work is not done before both have asked.
    const letGo = await holdDay(app.ask, "2024-01-04");
    const taskId = await atWork("2024-01-31");
    expect(await ask(taskId, "pause", as("ann"))).toMatchObject({
      status: 202,
      body: { data: { status: "pausing", pause: { reason: "person", by: "ann", resume_at: null } } },
    });
    expect(await ask(taskId, "pause", as("bob"))).toMatchObject({ status: 202 });
    await letGo();
    const paused = await app.progressWhen(taskId, ({ status }) => status === "paused");
    expect(paused).toMatchObject({ end_time: null, pause: { by: "ann" } });
    expect((await app.api("/sync/batch/active")).body.data).toBeNull();
    expect(await ask(taskId, "pause")).toMatchObject({ status: 409, body: { code: "illegal_transition" } });
    expect(await app.sync("2024-03-01", "2024-03-01")).toMatchObject({ status: "completed" });

    expect(await ask(taskId, "resume", as("cat"))).toMatchObject({ status: 202, body: { data: { pause: null } } });
    await app.progressWhen(taskId, ({ status }) => status === "running");
    expect(await ask(taskId, "resume")).toMatchObject({
      status: 409,
      body: { params: { command: "resume", status: "running" } },
    });
    const done = await app.settle(taskId);
    expect(done).toMatchObject({ status: "completed", current: 30, success: 22 });
    expect((await days(taskId)).filter((day) => day.status === "success").every((day) => day.attempts === 1)).toBe(true);
    expect(await life(taskId)).toEqual([
      ["started", null],
      ["paused", "ann"],
      ["resumed", "cat"],
    ]);
  });
});

describe("the queue", () => {
  test("takes what may wait, in order, and runs it without anybody's doing", async () => {
    const first = await atWork();
    const reply = await app.api<Started>("/sync/batch", {
      body: { start_date: "2024-02-01", end_date: "2024-02-02", if_busy: "queue", priority: 2 },
    });
    expect(reply).toMatchObject({ status: 202, body: { data: { total_days: 2, message: expect.stringContaining("2") } } });
    const waiting = reply.body.data.task_id;
    const progress = await app.api<Progress>(`/sync/batch/progress/${waiting}`);
    expect(progress.body.data).toMatchObject({ status: "queued", priority: 2, start_time: null, total: 2, current: 0 });
    const urgent = await queue("2024-02-05", { priority: 9 });
    await ask(first, "cancel");
    await app.settle(waiting);
    const [one, other] = [await summary(urgent), await summary(waiting)];
    expect([one.status, other.status]).toEqual(["completed", "completed"]);
    expect(one.end_time! <= other.start_time!).toBe(true);
    expect(await life(urgent)).toEqual([["queued", null]]);
  });
  test.each(["/sync/today", "/sync/date/2024-01-02", "/sync/pending"])("%s may wait as well", async (path) => {
    await atWork();
    expect(await app.api(`${path}?if_busy=queue&priority=9`, { method: "POST" })).toMatchObject({ status: 202 });
    expect(await app.api(path, { method: "POST" })).toMatchObject({ status: 409, body: { code: "sync_already_running" } });
    expect(await app.ask("SELECT priority FROM sync_task WHERE status = 'queued'")).toEqual([{ priority: 9 }]);
  });
  test("gives another priority, and gives up what is no longer wanted", async () => {
    await atWork();
    const [one, two] = [await queue("2024-02-01"), await queue("2024-02-02")];
    const patched = await app.api<Progress>(`/queue/${two}`, { method: "PATCH", body: { priority: 8 } });
    expect(patched).toMatchObject({ status: 202, body: { data: { task_id: two, status: "queued", priority: 8 } } });
    const removed = await app.api<Progress>(`/queue/${one}`, { ...as("ann"), method: "DELETE" });
    expect(removed).toMatchObject({ status: 202, body: { data: { task_id: one, status: "cancelled" } } });
    expect(await life(one)).toEqual([
      ["queued", null],
      ["cancelled", "ann"],
    ]);
    expect(await app.api(`/queue/${one}`, { method: "DELETE" })).toMatchObject({
      status: 409,
      body: { code: "illegal_transition", params: { command: "queue", status: "cancelled" }, progress: { task_id: one } },
    });
  });
  test("is full with two hundred", async () => {
    await atWork();
    await app.ask(
      `INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, options, source, fingerprint)
       SELECT 'q' || n, 'web_batch', 'queued', '2024-01-02', '2024-01-02', 1, '{}', 'sample', 'x' FROM generate_series(1, 200) n`,
    );
    const body = { start_date: "2024-02-01", end_date: "2024-02-01", if_busy: "queue" };
    const reply = await app.api("/sync/batch", { body, headers: ENGLISH });
    expect(reply).toMatchObject({ status: 409, body: { code: "queue_full", params: { max: 200 } } });
    expect(reply.body.message).toBe("The queue is full: 200 tasks wait already");
    expect((await app.api("/sync/batch", { body })).body.message).toContain("200");
  });
});

describe("retry", () => {
  test("makes a task of exactly the failed days, or of all that are unfinished", async () => {
    const taskId = await app.start("2024-02-05", "2024-02-08");
    expect(await app.settle(taskId)).toMatchObject({ success: 3, failed: 1 });
    const again = await ask(taskId, "retry", as("ann"));
    expect(again).toMatchObject({ status: 202, body: { data: { total_days: 1 } } });
    const retried = (again.body.data as unknown as Started).task_id;
    expect(await app.settle(retried)).toMatchObject({
      task_type: "web_batch",
      total: 1,
      started_by: "ann",
      start_date: "2024-02-06",
    });
    expect((await days(retried)).map((day) => day.date)).toEqual(["2024-02-06"]);
    expect(await ask(taskId, "retry", { body: { only: "unfinished" } })).toMatchObject({
      status: 202,
      body: { data: { total_days: 1 } },
    });
  });
  test("of a cancelled task brings what is missing", async () => {
    const letGo = await holdDay(app.ask, "2024-01-30");
    const taskId = await atWork("2024-01-31");
    await ask(taskId, "cancel");
    const { success } = await app.settle(taskId);
    await letGo();
    expect(await ask(taskId, "retry")).toMatchObject({ status: 409, body: { code: "nothing_to_retry" } });
    const rest = await ask(taskId, "retry", { body: { only: "unfinished" } });
    expect(rest).toMatchObject({ status: 202, body: { data: { total_days: 22 - success } } });
    const done = await app.settle((rest.body.data as unknown as Started).task_id);
    expect(done).toMatchObject({ status: "completed", success: 22 - success, skipped: 0 });
  });
  test("has nothing to do after a good end, and says so in both languages", async () => {
    const { task_id } = await app.sync("2024-01-02", "2024-01-03");
    for (const only of ["failed", "unfinished"]) {
      const reply = await ask(task_id, "retry", { body: { only }, headers: ENGLISH });
      expect([reply.status, reply.body.code, reply.body.message]).toEqual([
        409,
        "nothing_to_retry",
        "No day of this task needs another try",
      ]);
    }
    expect((await ask(task_id, "retry")).body.message).toMatch(/[\u4e00-\u9fff]/);
  });
  test("while a sync runs is a start while a sync runs", async () => {
    await app.sync("2024-02-06", "2024-02-06");
    const failed = (await app.ask("SELECT task_id FROM sync_task"))[0]?.["task_id"] as string;
    const running = await atWork();
    expect(await ask(failed, "retry")).toMatchObject({ status: 409, body: { current_task: { task_id: running } } });
  });
});

describe("refusals", () => {
  const PATHS: [string, Call["method"], unknown][] = [
    ["/sync/batch/nobody/cancel", "POST", undefined],
    ["/sync/batch/nobody/pause", "POST", undefined],
    ["/sync/batch/nobody/resume", "POST", undefined],
    ["/sync/batch/nobody/retry", "POST", undefined],
    ["/sync/batch/a%00b/cancel", "POST", undefined],
    ["/queue/nobody", "PATCH", { priority: 1 }],
    ["/queue/nobody", "DELETE", undefined],
  ];
  test("a task that is not there is 404 on every road", async () => {
    for (const [path, method, body] of PATHS) {
      const call: Call = { method: method ?? "POST", ...(body === undefined ? {} : { body }) };
      expect(await app.api(path, call)).toMatchObject({ status: 404, body: { code: "task_not_found" } });
    }
  });
  test("what is asked wrongly is named, and changes nothing", async () => {
    await atWork();
    const waiting = await queue("2024-02-01");
    const batch = { start_date: "2024-02-01", end_date: "2024-02-01" };
    const wrong: [string, Call, string, string][] = [
      ["/sync/batch", { body: { ...batch, if_busy: "wait" } }, "invalid_field", "if_busy"],
      ["/sync/batch", { body: { ...batch, priority: 10 } }, "invalid_field", "priority"],
      ["/sync/batch", { body: { ...batch, priority: "5" } }, "invalid_field", "priority"],
      ["/sync/batch", { body: { ...batch, priority: 1.5 } }, "invalid_field", "priority"],
      ["/sync/batch", { body: batch, headers: { "Idempotency-Key": "x".repeat(201) } }, "invalid_field", "Idempotency-Key"],
      ["/sync/today?priority=10", { method: "POST" }, "invalid_field", "priority"],
      ["/sync/today?if_busy=later", { method: "POST" }, "invalid_field", "if_busy"],
      [`/queue/${waiting}`, { method: "PATCH", body: {} }, "missing_field", "priority"],
      [`/queue/${waiting}`, { method: "PATCH", body: { priority: -1 } }, "invalid_field", "priority"],
      [`/sync/batch/${waiting}/retry`, { body: { only: "good" } }, "invalid_field", "only"],
    ];
    for (const [path, call, code, field] of wrong) {
      const reply = await app.api(path, call);
      expect([path, reply.status, reply.body.code, reply.body.params["field"]]).toEqual([path, 400, code, field]);
    }
    expect(await app.api(`/queue/${waiting}`, { method: "PATCH", rawBody: "{" })).toMatchObject({
      body: { code: "invalid_json" },
    });
    expect(await app.ask("SELECT priority, status FROM sync_task WHERE status = 'queued'")).toEqual([
      { priority: 5, status: "queued" },
    ]);
  });
});
