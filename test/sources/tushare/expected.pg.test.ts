import { expect, onTestFinished, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import type { Progress, TaskDay } from "@/lib/contract/task";
import { say } from "@/server/http/language";
import { type App, startApp } from "../../support/app";
import { startFakeTushare, TUSHARE_TOKEN, tushareDay, type TushareWorld, tushareSays } from "../../support/fake-tushare";

const FIRST: Day = "2024-01-02";
const STOCKS = 100;
const codes = tushareDay(FIRST, STOCKS).map(({ ts_code }) => String(ts_code));
const suspend = (from: number, to: number) => codes.slice(from, to).map((ts_code) => ({ ts_code }));

async function tushareApp(world: TushareWorld) {
  const fake = await startFakeTushare({ stocks: STOCKS, ...world });
  onTestFinished(fake.close);
  const app = await startApp({ env: { SOURCE: "tushare", TUSHARE_TOKEN, TUSHARE_URL: fake.url } });
  onTestFinished(app.stop);
  return { fake, app };
}

/** The market of `day` without its first `lost` stocks, of which the source says that `suspended` did not trade. */
const short = (day: Day, lost: number, suspended: number): TushareWorld => ({
  days: { [day]: tushareDay(day, STOCKS).slice(lost) },
  suspended: { [day]: suspend(0, suspended) },
});

async function daysOf(app: App, taskId: string): Promise<TaskDay[]> {
  return (await app.api<{ days: TaskDay[] }>(`/tasks/${taskId}/days`)).body.data.days;
}

test("the first day of an empty table is suspect where the source expects more, though there are no neighbours", async () => {
  const { app } = await tushareApp(short(FIRST, 10, 5));
  const done = await app.sync(FIRST, FIRST);
  expect(done).toMatchObject({ status: "completed", success: 1, rows: 90 });
  const [day] = await daysOf(app, done.task_id);
  const warning = { code: "fewer_than_expected", params: { rows: 90, expected: 95, percent: 5.3 } } as const;
  expect(day).toMatchObject({ status: "success", suspect: true, warnings: [warning] });
  expect(say("en", "dayWarning.fewer_than_expected", warning.params)).toBe(
    "90 rows, 5.3 % fewer than the 95 that the source itself expects",
  );
  expect(say("zh-CN", "dayWarning.fewer_than_expected", warning.params)).toContain("95");
  expect(await app.ask("SELECT state, rows, expected FROM sync_day")).toEqual([{ state: "suspect", rows: 90, expected: 95 }]);
  // Fetched once more with the same rows it is as it is.
  expect(await app.sync(FIRST, FIRST)).toMatchObject({ success: 1 });
  expect(await app.ask("SELECT state, confirmed FROM sync_day")).toEqual([{ state: "complete", confirmed: true }]);
});

test("the first day of an empty table is held back where the source expects far more, and says by how many", async () => {
  const { app } = await tushareApp(short(FIRST, 40, 1));
  const done = await app.sync(FIRST, FIRST);
  expect(done).toMatchObject({ status: "completed", success: 0, failed: 1 });
  const { body } = await app.api<Progress>(`/sync/batch/progress/${done.task_id}`, { headers: { "Accept-Language": "en" } });
  expect(body.data.errors[0]?.error).toBe("60 rows, 39.4 % fewer than the 99 that the source itself expects; nothing was stored");
  expect(await app.ask("SELECT count(*)::int AS n FROM daily_stock_data")).toEqual([{ n: 0 }]);
  expect(await app.sync(FIRST, FIRST, { accept_incomplete: true })).toMatchObject({ success: 1, rows: 60 });
});

test("half the market suspended is half the rows of the neighbours, and a complete day; without the word of the source it is held back", async () => {
  const halted: Day = "2024-01-04";
  const ordinary = { "2024-01-02": suspend(0, 1), "2024-01-03": suspend(0, 1), "2024-01-05": suspend(0, 1) };
  const { app, fake } = await tushareApp({ suspended: { ...ordinary, [halted]: suspend(0, 50) } });
  fake.fail(tushareSays(40203, "抱歉，您没有接口访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。"), {
    about: "suspend_d",
  });
  // Days come side by side, and a day that came before its neighbours would have none: so the neighbours first.
  for (const day of ["2024-01-02", "2024-01-03", "2024-01-05"] as const) await app.sync(day, day);
  expect(await app.sync("2024-01-02", "2024-01-05")).toMatchObject({ success: 0, failed: 1, skipped: 3 });
  fake.heal();
  const done = await app.sync(halted, halted);
  expect(done).toMatchObject({ success: 1, failed: 0, rows: 50 });
  // Also when the whole range is judged again at the end, beside days whose number nobody told.
  expect(await app.sync("2024-01-02", "2024-01-05", { force: true })).toMatchObject({ success: 4, failed: 0 });
  const held = await app.ask("SELECT date, state, rows, expected FROM sync_day ORDER BY date");
  expect(held.map(({ state, rows, expected }) => [state, rows, expected])).toEqual([
    ["complete", 99, 99],
    ["complete", 99, 99],
    ["complete", 50, 50],
    ["complete", 99, 99],
  ]);
  expect((await daysOf(app, done.task_id))[0]).toMatchObject({ suspect: false, warnings: [] });
});
