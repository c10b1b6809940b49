import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { dayIn } from "@/lib/contract/instant";
import { call, untilEnded } from "@/test/support/api-client";
import { expectPage, gatherPeople } from "@/test/support/people";
import { quietExchange } from "@/test/support/quiet-exchange";
import { serveEach } from "@/test/support/serve-each";

/** The day is not nearly over, so its publish hour lies ahead for all of the test. */
const exchange = quietExchange();
const today = dayIn(exchange.zone, Date.now());

const { server } = serveEach(() => ({
  SOURCE: "files",
  FILES_URL: `${tmpdir()}/no-such-market/{yyyy-MM-dd}.csv`,
  CALENDAR: exchange.id,
  CALENDAR_OPEN: today,
  PUBLISH_HOUR: "23:59",
}));
const open = gatherPeople();

test("today without rows is not published yet before its hour, is no failure, and stays to be fetched", async () => {
  const { page, complaints } = await open({ language: "zh-CN", theme: "dark" });
  const started = await call(server.url, "/sync/batch", { start_date: today, end_date: today });
  const task = await untilEnded(server.url, started.body.data.task_id as string);
  expect(task).toMatchObject({ status: "completed", success: 0, failed: 0, skipped: 1 });
  await page.goto(`${server.url}/history/${task.task_id}`);
  await expectPage(page.getByText("跳过，尚未发布")).toBeVisible();
  const { data } = (await call(server.url, `/coverage?from=${today}&to=${today}`)).body;
  expect(data).toMatchObject([{ state: "missing" }]);
  expect(complaints).toEqual([]);
});
