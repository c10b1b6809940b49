import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { createScheduleStore } from "@/server/db/schedule-store";
import type { Claim } from "@/server/sync/lease-ports";
import type { FireKey, FireOver } from "@/server/sync/schedule-ports";
import { createScheduler } from "@/server/sync/schedule/scheduler";
import type { StartRequest } from "@/server/sync/task/start-request";
import { type Bench, newTask, openBench } from "../db/fixture";
import { aCalendar } from "../support/builders";
import { createFakeClock, settle } from "../support/clock";
import { createFakeLog } from "../support/fakes";
import { at, HOUR_MS, MINUTE_MS } from "./bench";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await bench.reset();
  await bench.pool.query("TRUNCATE sync_schedule_fire");
});
afterAll(() => bench.close());

/** Schedulers of three instances, each with a lease of its own on one database and one clock that a test moves. */
async function threeInstances(now: string, more: { ifBusy?: "queue" | "skip"; gaps?: Day[] } = {}) {
  const { ifBusy = "queue", gaps = [] } = more;
  const clock = createFakeClock(at(now));
  await bench.pool.query("UPDATE sync_schedule SET enabled = true, active_since = to_timestamp($1::float8 / 1000)", [at(now)]);
  const store = createScheduleStore(bench.pool, "00000000-0000-4000-8000-000000000001");
  const schedulers = ["one", "two", "three"].map((name) => {
    const { lease } = bench.instance({ name });
    async function start(request: StartRequest, fire?: FireKey) {
      const { task_type, start_date, end_date, days } = request;
      const plain = { force: false, accept_incomplete: false, order: "asc" as const };
      const task = newTask(start_date, end_date, {
        task_type,
        mayWait: request.if_busy === "queue",
        options: days ? { ...plain, days } : plain,
      });
      const claim: Claim | FireOver = await lease.claimNew(task, fire);
      return claim.kind === "claimed" ? { kind: "started" as const, task: claim.task } : claim;
    }
    const manager = { start } as Parameters<typeof createScheduler>[0]["manager"];
    return createScheduler({
      clock,
      log: createFakeLog(),
      store,
      manager,
      ifBusy,
      calendar: aCalendar(),
      source: { sample: false },
      enabled: true,
      gaps: async () => gaps,
      onChanged: () => {},
    });
  });
  return {
    clock,
    store,
    /** All three look at the same moment. */
    allLook: () => Promise.all(schedulers.map((scheduler) => scheduler.lookAfresh())),
  };
}

const fires = () =>
  bench.ask<{ schedule_id: string; local_date: Day; outcome: string; task_id: string | null }>(
    "SELECT schedule_id, local_date, outcome, task_id FROM sync_schedule_fire ORDER BY local_date, schedule_id",
  );
const tasks = () =>
  bench.ask<{ task_id: string; task_type: string; status: string; start_date: Day; not_before: string | null }>(
    "SELECT task_id, task_type, status, start_date, extract(epoch FROM not_before)::text AS not_before FROM sync_task ORDER BY ordinal",
  );

test("three instances that fire at once make one task per date, and its fire names it", async () => {
  const { clock, allLook } = await threeInstances("2026-03-09T12:00:00+08:00");
  for (const day of ["2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"]) {
    clock.setWall(at(`${day}T20:00:05+08:00`));
    await Promise.all([allLook(), allLook()]);
  }
  const made = await tasks();
  expect(
    made.filter(({ task_type }) => task_type === "scheduler_daily").map(({ start_date, status }) => [start_date, status]),
  ).toEqual([
    ["2026-03-09", "running"],
    ["2026-03-10", "queued"],
    ["2026-03-11", "queued"],
    ["2026-03-12", "queued"],
  ]);
  const daily = (await fires()).filter((fire) => fire.schedule_id === "daily");
  expect(daily.map(({ task_id, outcome }) => [task_id, outcome])).toEqual(
    made.map(({ task_id, status }) => [task_id, status === "running" ? "started" : "queued"]),
  );
});

test("a closed day, and a morning without gaps, is one row each and no task", async () => {
  const { clock, allLook } = await threeInstances("2026-03-07T07:00:00+08:00");
  clock.setWall(at("2026-03-07T08:00:30+08:00"));
  await allLook();
  clock.setWall(at("2026-03-07T20:00:30+08:00"));
  await allLook();
  expect(await tasks()).toEqual([]);
  expect(await fires()).toEqual([
    { schedule_id: "daily", local_date: "2026-03-07", outcome: "closed_day", task_id: null },
    { schedule_id: "fill_missing", local_date: "2026-03-07", outcome: "nothing_missing", task_id: null },
  ]);
});

test("told to skip while busy, the row says so and no task is left behind", async () => {
  const { clock, allLook } = await threeInstances("2026-03-09T12:00:00+08:00", { ifBusy: "skip" });
  await bench.instance().lease.claimNew(newTask("2024-01-02", "2024-01-02"));
  clock.setWall(at("2026-03-09T20:00:30+08:00"));
  await allLook();
  expect(await tasks()).toMatchObject([{ task_type: "web_batch" }]);
  expect((await fires()).at(0)).toEqual({
    schedule_id: "daily",
    local_date: "2026-03-09",
    outcome: "skipped_busy",
    task_id: null,
  });
});

test("a morning that would bring what already waits joins the task that waits", async () => {
  const { clock, allLook } = await threeInstances("2026-03-09T07:00:00+08:00", { gaps: ["2026-03-02", "2026-03-05"] });
  await bench.instance().lease.claimNew(newTask("2024-01-02", "2024-01-02"));
  clock.setWall(at("2026-03-09T08:00:30+08:00"));
  await allLook();
  clock.setWall(at("2026-03-10T08:00:30+08:00"));
  await allLook();
  const waiting = (await tasks()).filter(({ status }) => status === "queued");
  const morning = (await fires()).filter((fire) => fire.schedule_id === "fill_missing");
  expect(waiting.filter(({ task_type }) => task_type === "scheduler_missing")).toHaveLength(1);
  expect(morning.map(({ outcome }) => outcome)).toEqual(["queued", "queued"]);
  expect(new Set(morning.map(({ task_id }) => task_id)).size).toBe(1);
});

test("switched off in the last moment, nothing starts", async () => {
  const { clock, store } = await threeInstances("2026-03-09T12:00:00+08:00");
  await store.change("daily", { enabled: false }, null, clock.now());
  const claim = await bench
    .instance()
    .lease.claimNew(newTask("2026-03-09", "2026-03-09"), { schedule_id: "daily", local_date: "2026-03-09", at_ms: clock.now() });
  expect(claim).toEqual({ kind: "fired_already" });
  expect(await tasks()).toEqual([]);
});

test("a day that was not published is asked for again by one task that waits half an hour", async () => {
  const { clock, allLook } = await threeInstances("2026-03-09T17:00:00+08:00");
  await bench.pool.query("UPDATE sync_schedule SET local_time = '17:30' WHERE schedule_id = 'daily'");
  clock.setWall(at("2026-03-09T17:30:10+08:00"));
  await allLook();
  const [first] = await tasks();
  const endedMs = at("2026-03-09T17:31:00+08:00");
  await bench.pool.query(
    `INSERT INTO sync_task_day (task_id, date, position, plan_action, plan_reason, status, reason, epoch)
     SELECT task_id, start_date, 0, 'fetch', 'missing', 'skipped', 'not_published', epoch FROM sync_task`,
  );
  await bench.pool.query("UPDATE sync_task SET status = 'completed', finished_at = to_timestamp($1::float8 / 1000)", [endedMs]);
  clock.setWall(endedMs + MINUTE_MS);
  await Promise.all([allLook(), allLook()]);
  await settle();
  const again = (await tasks()).slice(1);
  expect(again).toMatchObject([{ task_type: "scheduler_daily", status: "queued", start_date: "2026-03-09" }]);
  expect(Number(again[0]?.not_before) * 1000).toBe(endedMs + HOUR_MS / 2);
  expect(await fires()).toMatchObject([{ schedule_id: "daily", outcome: "queued", task_id: again[0]?.task_id }]);
  expect(again[0]?.task_id).not.toBe(first?.task_id);
});
