import { expect, onTestFinished, test } from "vitest";
import type { TaskDay } from "@/lib/contract/task";
import { say } from "@/server/http/language";
import { startApp } from "../support/app";
import { startFakeBaostock } from "../support/fake-baostock";
import { freshDatabase } from "../support/postgres";

/** Weekdays that XSHG has closed around the first of October 2025; this exchange knows of one only. */
const HOLIDAYS = ["2025-10-01", "2025-10-02", "2025-10-03", "2025-10-06", "2025-10-07"] as const;

test("a day that only Baostock has open is told with the next day, with what to set; set so, it is synced and nothing is told", async () => {
  const fake = await startFakeBaostock({ stocks: 6, holidays: HOLIDAYS });
  onTestFinished(fake.close);
  const { url: databaseUrl, drop } = await freshDatabase();
  onTestFinished(drop);
  const env = { SOURCE: "baostock", BAOSTOCK_HOST: fake.host, BAOSTOCK_PORT: String(fake.port) };
  const app = await startApp({ env, databaseUrl });
  onTestFinished(app.stop);
  const done = await app.sync("2025-09-30", "2025-10-09");
  expect(done).toMatchObject({ status: "completed", success: 2, failed: 0 });
  const days = (await app.api<{ days: TaskDay[] }>(`/tasks/${done.task_id}/days?status=success`)).body.data.days;
  const warning = { code: "calendar_differs", params: { count: 1, days: "2025-10-08" } } as const;
  expect(days.map(({ date, suspect, warnings }) => [date, suspect, warnings])).toEqual([
    ["2025-09-30", false, []],
    ["2025-10-09", false, [warning]],
  ]);
  const read = await app.api<{ remarks: string }>("/date/2025-10-09", { headers: { "Accept-Language": "en" } });
  expect(read.body.data.remarks).toBe(
    "By the source's own calendar the exchange also traded on 2025-10-08, a day that the calendar here has closed. To sync it, add CALENDAR_OPEN=2025-10-08 to .env and start the server again",
  );
  expect(say("zh-CN", "dayWarning.calendar_differs", warning.params)).toContain("CALENDAR_OPEN=2025-10-08");
  expect(say("en", "dayWarning.calendar_differs", { count: 2, days: "2025-10-07,2025-10-08" })).toContain(
    "on 2 days before (2025-10-07,2025-10-08), that the calendar here has closed. To sync them, add CALENDAR_OPEN=2025-10-07,2025-10-08",
  );

  await app.stop();
  const told = await startApp({ env: { ...env, CALENDAR_OPEN: "2025-10-08" }, databaseUrl });
  onTestFinished(told.stop);
  expect(await told.sync("2025-09-30", "2025-10-09", { force: true })).toMatchObject({ success: 3, failed: 0 });
  expect(await told.ask("SELECT date, warnings FROM sync_day WHERE warnings <> '[]'")).toEqual([]);
});
