import { afterAll, beforeAll, expect, test } from "vitest";
import { addDays } from "@/lib/contract/day";
import { createNoonClock } from "../support/noon-clock";
import type { Call } from "../support/api-call";
import { type App, startApp } from "../support/app";

let app: App;
beforeAll(async () => {
  app = await startApp({ clock });
});
afterAll(() => app.stop());

const clock = createNoonClock();
const { today } = clock;
const tomorrow = addDays(today, 1);
const range = (start_date: unknown, end_date: unknown): Call => ({ body: { start_date, end_date } });
const raw = (rawBody: string, type?: string): Call => ({ rawBody, headers: type === undefined ? {} : { "Content-Type": type } });

const BODIES: [string, Call, number, string, object][] = [
  ["no body", { method: "POST" }, 400, "invalid_json", {}],
  ["half a body", raw('{"start_date":'), 400, "invalid_json", {}],
  ["an array", raw("[]"), 400, "invalid_json", {}],
  ["null", raw("null"), 400, "invalid_json", {}],
  ["no start", { body: { end_date: "2024-01-02" } }, 400, "missing_field", { field: "start_date" }],
  ["no end", { body: { start_date: "2024-01-02" } }, 400, "missing_field", { field: "end_date" }],
  ["a date that is not one", range("2024-02-30", "2024-03-01"), 400, "invalid_date", { field: "start_date", got: "2024-02-30" }],
  ["a date written otherwise", range("2024-01-02", "2024/01/03"), 400, "invalid_date", { field: "end_date", got: "2024/01/03" }],
  ["a number for a date", range(20_240_102, "2024-01-03"), 400, "invalid_date", { field: "start_date", got: "20240102" }],
  ["null for a date", range(null, "2024-01-03"), 400, "invalid_date", { field: "start_date", got: "null" }],
  ["an end before the start", range("2024-01-03", "2024-01-02"), 400, "invalid_range", { field: "end_date" }],
  ["a range longer than any task", range("1980-01-01", "2024-01-02"), 400, "range_too_long", { max: 13_000, days: 16_073 }],
  ["a day in the future", range(today, tomorrow), 400, "future_date", { field: "end_date", got: tomorrow, today }],
  [
    "force that is not yes or no",
    { body: { ...(range("2024-01-02", "2024-01-02").body as object), force: "yes" } },
    400,
    "invalid_field",
    { field: "force" },
  ],
  [
    "an unknown order",
    { body: { ...(range("2024-01-02", "2024-01-02").body as object), order: "up" } },
    400,
    "invalid_field",
    { field: "order", got: "up" },
  ],
  ["a form", raw("start_date=2024-01-02", "application/x-www-form-urlencoded"), 415, "unsupported_media_type", {}],
  ["text", raw("{}", "text/plain"), 415, "unsupported_media_type", {}],
  ["a body over 64 kB", raw(`{"a":"${"x".repeat(65_536)}"}`), 413, "payload_too_large", { max: 65_536 }],
];

test.each(BODIES)("a start with %s is refused", async (_what, call, status, code, params) => {
  for (const path of ["/sync/batch", "/sync/batch/preview"]) {
    const reply = await app.api(path, { method: "POST", ...call });
    expect([reply.status, reply.body.status, reply.body.code]).toEqual([status, "error", code]);
    expect(reply.body.params).toMatchObject(params);
    expect(reply.body.message).toBeTruthy();
    expect(reply.body).not.toHaveProperty("current_task");
  }
});

test.each([
  ["/nothing", "not_found"],
  ["/sync/batch/progress/2024-01-02_2024-01-02_1", "task_not_found"],
  ["/tasks/nobody", "task_not_found"],
  ["/tasks/nobody/days", "task_not_found"],
  ["/tasks/a%00b", "task_not_found"],
  ["/sync/batch/progress/a%00b", "task_not_found"],
  ["/tasks/a%00b/days", "task_not_found"],
  ["/tasks/%E4%BB%BB%E5%8A%A1", "task_not_found"],
  ["/tasks/%zz", "not_found"],
  ["/date/2024-01-01", "day_not_found"],
])("404: %s is %s", async (path, code) => {
  const reply = await app.api(path);
  expect([reply.status, reply.body.code]).toEqual([404, code]);
});

test.each([
  ["/date/2024-1-2", "invalid_date", "day"],
  ["/list?start_date=yesterday", "invalid_date", "start_date"],
  ["/list?page=0", "invalid_field", "page"],
  ["/list?page_size=101", "invalid_field", "page_size"],
  ["/list?status=done", "invalid_field", "status"],
  ["/list?start_date=2024-01-03&end_date=2024-01-02", "invalid_range", "end_date"],
  ["/list?start_date=1900-01-01", "range_too_long", "start_date"],
  ["/recent?days=0", "invalid_field", "days"],
  ["/recent?days=366", "invalid_field", "days"],
  ["/pending?days_back=x", "invalid_field", "days_back"],
  ["/summary?days=-1", "invalid_field", "days"],
  ["/coverage?from=2024-01-03&to=2024-01-02", "invalid_range", "to"],
  ["/coverage?from=1900-01-01", "range_too_long", "from"],
  ["/tasks?cursor=abc", "invalid_field", "cursor"],
  ["/tasks?limit=201", "invalid_field", "limit"],
  ["/tasks?status=done", "invalid_field", "status"],
  ["/tasks?type=cron", "invalid_field", "type"],
  ["/tasks?from=2024-13-01", "invalid_date", "from"],
  ["/tasks/x/days?status=done", "invalid_field", "status"],
  ["/tasks/x/days?cursor=1", "invalid_date", "cursor"],
])("400: %s is %s of %s", async (path, code, field) => {
  const reply = await app.api(path);
  expect([reply.status, reply.body.code, reply.body.params["field"]]).toEqual([400, code, field]);
});

test.each([
  [`/sync/date/${tomorrow}`, "future_date"],
  ["/sync/date/2024-02-30", "invalid_date"],
  ["/sync/pending?days_back=0", "invalid_field"],
  ["/check/tomorrow", "invalid_date"],
])("400: POST %s is %s", async (path, code) => {
  const reply = await app.api(path, { method: "POST" });
  expect([reply.status, reply.body.code]).toEqual([400, code]);
});

test("a refusal speaks Chinese unless English is asked for", async () => {
  const say = async (language?: string) =>
    (await app.api("/tasks/nobody", language === undefined ? {} : { headers: { "Accept-Language": language } })).body.message;
  expect(await say()).toBe("任务不存在");
  expect(await say("*")).toBe("任务不存在");
  expect(await say("fr")).toBe("任务不存在");
  expect(await say("zh-CN,zh;q=0.9,en;q=0.8")).toBe("任务不存在");
  expect(await say("en;q=0.5,zh;q=0.9")).toBe("任务不存在");
  expect(await say("en-GB,en;q=0.9,zh;q=0.8")).toBe("There is no such task");
});

test("replies are never kept by a cache, refusals neither", async () => {
  for (const path of ["/tasks", "/tasks/nobody", "/nothing", "/tasks?limit=x"]) {
    expect((await app.api(path)).headers.get("cache-control")).toBe("no-store");
  }
});

test("all those refusals started nothing, and none was a surprise to the server", async () => {
  expect(await app.ask("SELECT count(*)::int AS tasks FROM sync_task")).toEqual([{ tasks: 0 }]);
  expect(app.log.lines.filter((line) => line.level === "error")).toEqual([]);
});
