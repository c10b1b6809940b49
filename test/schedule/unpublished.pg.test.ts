import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addDays } from "@/lib/contract/day";
import { dayIn, hourIn } from "@/lib/contract/instant";
import type { Schedule, ScheduleFire } from "@/lib/contract/schedule";
import type { TaskDaysPage } from "@/lib/contract/task";
import { type App, startApp } from "../support/app";

let folder: string;
let app: App;
let zone: string;

/** An exchange where it is neither near midnight nor near the publish hour, whenever the test runs. */
function anExchange(): { id: string; zone: string } {
  const hour = hourIn("Asia/Shanghai", Date.now());
  return hour > 1 && hour < 20 ? { id: "XSHG", zone: "Asia/Shanghai" } : { id: "XNYS", zone: "America/New_York" };
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "dayfill-unpublished-"));
  const exchange = anExchange();
  zone = exchange.zone;
  const today = dayIn(zone, Date.now());
  app = await startApp({
    env: {
      SOURCE: "files",
      FILES_URL: path.join(folder, "{yyyyMMdd}.csv"),
      CALENDAR: exchange.id,
      CALENDAR_OPEN: [addDays(today, -1), today].join(","),
      PUBLISH_HOUR: "23:59",
      SCHEDULE_ENABLED: "true",
    },
  });
  await app.ask(
    `UPDATE sync_schedule SET active_since = now() - interval '1 day',
            local_time = to_char(now() AT TIME ZONE '${zone}' - interval '1 minute', 'HH24:MI') WHERE schedule_id = 'daily'`,
  );
  await app.ask("UPDATE sync_schedule SET enabled = false WHERE schedule_id = 'fill_missing'");
});
afterEach(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});

/** Makes the scheduler look (a change that changes nothing does) until the fire of today leads to another task than this one. */
async function nextTask(after: string | null): Promise<ScheduleFire & { task_id: string }> {
  for (;;) {
    const { body } = await app.api<Schedule>("/schedules/daily", { method: "PUT", body: {} });
    const fire = body.data.last[0];
    if (fire?.task_id && fire.task_id !== after) return { ...fire, task_id: fire.task_id };
    await sleep(20);
  }
}

test("the task that found nothing yet is followed by one that waits for its hour, and that one by the next", async () => {
  const first = await nextTask(null);
  expect(first.outcome).toBe("started");
  expect(await app.settle(first.task_id)).toMatchObject({ status: "completed", skipped: 1, failed: 0 });
  const days = await app.api<TaskDaysPage>(`/tasks/${first.task_id}/days`);
  expect(days.body.data.days).toMatchObject([{ date: first.local_date, reason: "not_published" }]);

  const second = await nextTask(first.task_id);
  expect(second.outcome).toBe("queued");
  const waits = await app.progressWhen(second.task_id, () => true);
  expect(waits).toMatchObject({ status: "queued", start_date: first.local_date, wait: { code: "not_published" } });
  expect(Date.parse(waits.wait?.until as string)).toBeGreaterThan(Date.now() + 25 * 60_000);

  await app.ask("UPDATE sync_task SET not_before = now() WHERE status = 'queued'");
  expect(await app.settle(second.task_id)).toMatchObject({ status: "completed", skipped: 1, wait: null });
  const third = await nextTask(second.task_id);
  expect(third).toMatchObject({ outcome: "queued", local_date: first.local_date });
  expect(await app.ask("SELECT 1 FROM sync_schedule_fire")).toHaveLength(1);
});

test("removed from the queue, nobody asks again", async () => {
  const first = await nextTask(null);
  await app.settle(first.task_id);
  const second = await nextTask(first.task_id);
  expect(await app.api(`/queue/${second.task_id}`, { method: "DELETE" })).toMatchObject({ status: 202 });
  for (let turn = 0; turn < 5; turn += 1) {
    await app.api("/schedules/daily", { method: "PUT", body: {} });
    await sleep(50);
  }
  expect(await app.ask("SELECT count(*)::int AS count FROM sync_task")).toEqual([{ count: 2 }]);
});
