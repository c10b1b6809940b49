import { afterAll, beforeAll, expect, test } from "vitest";
import { hourIn } from "@/lib/contract/instant";
import { call, untilEnded } from "@/test/support/api-client";
import { type FakeBaostock, startFakeBaostock } from "@/test/support/fake-baostock";
import { type FakeTushare, startFakeTushare, TUSHARE_TOKEN, tushareSays } from "@/test/support/fake-tushare";
import { expectPage, gatherPeople, violations } from "@/test/support/people";
import { serveEach } from "@/test/support/serve-each";

/** Weekdays that XSHG has closed around the first of October 2025, without the eighth: this exchange traded on it. */
const HOLIDAYS = ["2025-10-01", "2025-10-02", "2025-10-03", "2025-10-06", "2025-10-07"] as const;

let baostock: FakeBaostock;
let tushare: FakeTushare;
beforeAll(async () => {
  baostock = await startFakeBaostock({ stocks: 6, holidays: HOLIDAYS });
  tushare = await startFakeTushare({ stocks: 20 });
});
afterAll(() => Promise.all([baostock.close(), tushare.close()]));

const { server } = serveEach(() => ({
  SOURCE: "baostock",
  BAOSTOCK_HOST: baostock.host,
  BAOSTOCK_PORT: String(baostock.port),
}));
const person = gatherPeople();

test("a day that the calendar lacks stands on the console with what to set, though no day failed", async () => {
  const { body } = await call(server.url, "/sync/batch", { start_date: "2025-09-30", end_date: "2025-10-09" });
  expect(await untilEnded(server.url, body.data.task_id as string)).toMatchObject({ success: 2, failed: 0, suspect: 0 });
  const { page, complaints } = await person({ language: "zh-CN", width: 390, touch: true });
  await page.goto(server.url);
  const attention = page.getByRole("region", { name: "需要处理" });
  await expectPage(attention).toContainText("请在 .env 中加入 CALENDAR_OPEN=2025-10-08 并重启服务器");
  await expectPage(attention).not.toContainText("存疑");
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test("a source that is left alone is told where the next run stands, and the console leads to why", async () => {
  await server.replace({ SOURCE: "tushare", TUSHARE_TOKEN, TUSHARE_URL: tushare.url, SCHEDULE_ENABLED: "true" });
  // Its next run is half a day away, whatever the hour is.
  const hour = Math.floor(hourIn("Asia/Shanghai", Date.now()) + 12) % 24;
  await call(server.url, "/schedules/daily", { enabled: false }, { method: "PUT" });
  await call(server.url, "/schedules/fill_missing", { time: `${String(hour).padStart(2, "0")}:30` }, { method: "PUT" });
  tushare.fail(tushareSays(40203, "抱歉，您每天最多访问该接口5次"));
  const { page, complaints } = await person();
  await page.goto(server.url);
  const { body } = await call(server.url, "/sync/batch", { start_date: "2024-03-04", end_date: "2024-03-05" });
  await expectPage(page.getByText("Paused: the allowance of the source is used up.")).toBeVisible();
  await page.goto(`${server.url}/schedule`);
  const fill = page.getByRole("region", { name: "Fill missing" });
  await expectPage(fill).toContainText(/The allowance of the source is used up, so it is not called before .+ 00:00/);
  expect(await violations(page)).toEqual([]);

  await page.goto(server.url);
  await page.getByRole("link", { name: /^failed at/ }).click();
  await expectPage(page.getByRole("region", { name: "Source" })).toContainText("抱歉，您每天最多访问该接口5次");
  await call(server.url, `/sync/batch/${body.data.task_id}/cancel`, {});
  expect(complaints).toEqual([]);
});
