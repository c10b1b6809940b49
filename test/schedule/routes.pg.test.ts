import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { addDays, type Day } from "@/lib/contract/day";
import { dayIn } from "@/lib/contract/instant";
import type { Started } from "@/lib/contract/routes";
import type { FirePage, Schedule } from "@/lib/contract/schedule";
import type { TaskSummary } from "@/lib/contract/task";
import { type App, startApp } from "../support/app";
import { quietMoment } from "../support/quiet-exchange";

const ZONE = "Asia/Shanghai";
const ENGLISH = { "Accept-Language": "en" };
const today = (): Day => dayIn(ZONE, Date.now());

let folder: string;
let app: App;
let env: Record<string, string>;
beforeAll(async () => {
  // Neither schedule fires by itself, and no day ends, while these tests look.
  await quietMoment(ZONE, [8, 20, 24]);
  folder = await mkdtemp(path.join(tmpdir(), "dayfill-schedule-"));
  // Whatever day it is, the exchange is open on it, and the (missing) file is not due yet.
  const open = [addDays(today(), -1), today(), addDays(today(), 1)].join(",");
  env = {
    SOURCE: "files",
    FILES_URL: path.join(folder, "{yyyyMMdd}.csv"),
    CALENDAR_OPEN: open,
    PUBLISH_HOUR: "23:59",
    SCHEDULE_ENABLED: "true",
  };
  app = await startApp({ env });
}, 300_000);
afterEach(async () => {
  for (const { task_id } of await app.ask("SELECT task_id FROM sync_task WHERE finished_at IS NULL"))
    await app.api(`/sync/batch/${String(task_id)}/cancel`, { method: "POST" });
  await app.ask("TRUNCATE sync_schedule_fire");
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});

const put = (id: string, body: unknown, headers: Record<string, string> = {}) =>
  app.api<Schedule>(`/schedules/${id}`, { method: "PUT", body, headers });
const run = (id: string, query = "") => app.api<Started | null>(`/schedules/${id}/run${query}`, { method: "POST" });

test("both schedules stand there from the first start, with their next five fires in the zone of the exchange", async () => {
  const { status, body } = await app.api<Schedule[]>("/schedules");
  expect(status).toBe(200);
  expect(body.data).toMatchObject([
    {
      id: "daily",
      enabled: true,
      time: "20:00",
      zone: ZONE,
      days_back: null,
      held: null,
      last: [],
      changed_by: null,
      changed_at: null,
    },
    { id: "fill_missing", enabled: true, time: "08:00", zone: ZONE, days_back: 30, held: null },
  ]);
  for (const { next, time } of body.data) {
    expect(next).toHaveLength(5);
    for (const instant of next) expect(instant).toContain(`T${time}:00+08:00`);
  }
});

test("a change says who made it, is told to the watchers, and what is left out stays", async () => {
  const hints = app.events.schedules;
  const moved = await put("daily", { time: "21:15" }, { "X-Operator": encodeURIComponent("李雷") });
  expect(moved.body.data).toMatchObject({
    enabled: true,
    time: "21:15",
    changed_by: "李雷",
    changed_at: expect.stringContaining("+08:00"),
  });
  const off = await put("daily", { enabled: false });
  expect(off.body.data).toMatchObject({ enabled: false, time: "21:15", next: [] });
  while (app.events.schedules === hints) await sleep(10);
  await put("daily", { enabled: true, time: "20:00" });
});

test.each([
  ["25:00", "expected HH:MM, 00:00–23:59, got 25:00"],
  ["8:00", "got 8:00"],
  [800, "got 800"],
])("the time %j is refused in the caller's language", async (time, words) => {
  const english = await put("daily", { time }, ENGLISH);
  expect(english).toMatchObject({ status: 400, body: { code: "invalid_field", message: expect.stringContaining(words) } });
  const chinese = await put("daily", { time });
  expect(chinese.body.message).toMatch(/[\u4e00-\u9fff]/);
  expect(chinese.body.params).toMatchObject({ field: "time" });
});

test("what is neither on nor off, an unknown schedule and a cursor of nobody are refused", async () => {
  expect(await put("daily", { enabled: "yes" })).toMatchObject({
    status: 400,
    body: { code: "invalid_field", params: { field: "enabled" } },
  });
  expect(await put("weekly", { enabled: true }, ENGLISH)).toMatchObject({ status: 404, body: { code: "not_found" } });
  expect(await run("weekly")).toMatchObject({
    status: 404,
    body: { code: "not_found", message: expect.stringMatching(/[\u4e00-\u9fff]/) },
  });
  expect(await app.api("/schedules/fires?before=yesterday")).toMatchObject({
    status: 400,
    body: { params: { field: "before" } },
  });
  expect(await app.api("/schedules/fires?limit=0")).toMatchObject({ status: 400, body: { params: { field: "limit" } } });
});

test("run now is a start like every other: named, typed, and without a fire", async () => {
  const { status, body } = await app.api<Started>("/schedules/daily/run", { method: "POST", headers: { "X-Operator": "Han" } });
  expect(status).toBe(202);
  const task = await app.api<TaskSummary>(`/tasks/${body.data.task_id}`);
  expect(task.body.data).toMatchObject({ task_type: "scheduler_daily", started_by: "Han" });
  await app.settle(body.data.task_id);
  expect((await app.api<FirePage>("/schedules/fires")).body.data).toEqual({ fires: [], next: null });
});

test("run now of the morning takes the gaps of thirty days", async () => {
  const { body } = await run("fill_missing");
  const task = await app.settle(body.data?.task_id as string);
  expect(task).toMatchObject({ task_type: "scheduler_missing", start_date: expect.any(String) });
  expect(task.start_date >= addDays(today(), -29)).toBe(true);
});

test("run now while a sync runs is refused with the running task, or queues once", async () => {
  const other = await startApp({ env: { SAMPLE_DAY_MS: "2000" } });
  try {
    const call = (query: string) => other.api<Started>(`/schedules/fill_missing/run${query}`, { method: "POST" });
    const running = await other.start("2024-01-02", "2024-01-05");
    expect(await call("")).toMatchObject({ status: 409, body: { current_task: { task_id: running } } });
    const [one, two] = [await call("?if_busy=queue"), await call("?if_busy=queue")];
    expect(one.status).toBe(202);
    expect(two.body.data.task_id).toBe(one.body.data.task_id);
  } finally {
    await other.stop();
  }
});

test("run now of the daily one on a closed day has nothing to do", async () => {
  const closed = await startApp({ env: { CALENDAR_CLOSED: [today(), addDays(today(), 1)].join(",") } });
  try {
    expect(await closed.api("/schedules/daily/run", { method: "POST" })).toMatchObject({ status: 200, body: { data: null } });
  } finally {
    await closed.stop();
  }
});

test("fires are listed newest first, page by page", async () => {
  await app.ask(
    `INSERT INTO sync_schedule_fire (schedule_id, local_date, at, outcome)
     SELECT s, d::date, d, 'missed' FROM unnest(ARRAY['daily', 'fill_missing']) s, generate_series('2024-01-01'::timestamptz, '2024-01-03', '1 day') d`,
  );
  const seen: string[] = [];
  let next: string | null = null;
  do {
    const { body }: { body: { data: FirePage } } = await app.api<FirePage>(
      `/schedules/fires?limit=4${next ? `&before=${next}` : ""}`,
    );
    seen.push(...body.data.fires.map((fire) => `${fire.local_date} ${fire.schedule_id}`));
    next = body.data.next;
  } while (next);
  expect(seen).toEqual(["2024-01-03", "2024-01-02", "2024-01-01"].flatMap((day) => [`${day} fill_missing`, `${day} daily`]));
});

test("three instances at the moment of a fire run the day once, and the fire leads to it", async () => {
  await app.ask("UPDATE sync_schedule SET enabled = false");
  const others = [await startApp({ env, databaseUrl: app.databaseUrl }), await startApp({ env, databaseUrl: app.databaseUrl })];
  try {
    await app.ask(
      `UPDATE sync_schedule SET enabled = true, active_since = now() - interval '1 day',
              local_time = to_char(now() AT TIME ZONE '${ZONE}' - interval '1 minute', 'HH24:MI') WHERE schedule_id = 'daily'`,
    );
    // A change that changes nothing makes each of them look at once.
    await Promise.all(
      [app, ...others].map((one) => one.api("/schedules/fill_missing", { method: "PUT", body: { enabled: false } })),
    );
    const fired = async () =>
      (await app.api<FirePage>("/schedules/fires")).body.data.fires.filter((fire) => fire.task_id !== null);
    while ((await fired()).length === 0) await sleep(20);
    await sleep(200);
    const [fire] = await fired();
    const made = await app.ask(
      "SELECT task_id, start_date::text FROM sync_task WHERE task_type = 'scheduler_daily' AND started_by IS NULL",
    );
    expect(made).toEqual([{ task_id: fire?.task_id, start_date: fire?.local_date }]);
    expect((await app.api<Schedule[]>("/schedules")).body.data[0]?.last[0]).toEqual(fire);
  } finally {
    for (const other of others) await other.stop();
  }
});

test("the sample market holds its schedules, and so does the configuration", async () => {
  const sample = await startApp({ env: { SCHEDULE_ENABLED: "true" } });
  const off = await startApp({ env: { ...env, SCHEDULE_ENABLED: "false" } });
  try {
    const heldOf = async (one: App) => (await one.api<Schedule[]>("/schedules")).body.data.map(({ held, next }) => [held, next]);
    expect(await heldOf(sample)).toEqual([
      ["sample", []],
      ["sample", []],
    ]);
    expect(await heldOf(off)).toEqual([
      ["disabled", []],
      ["disabled", []],
    ]);
  } finally {
    await sample.stop();
    await off.stop();
  }
});
