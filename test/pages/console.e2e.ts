import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { call, untilEnded } from "@/test/support/api-client";
import { sqlOn } from "@/test/support/ask";
import { holdDay } from "@/test/support/held-day";
import { expectPage, gatherPeople, untilAwake, violations } from "@/test/support/people";
import { serveEach } from "@/test/support/serve-each";
import { startWebProxy } from "@/test/support/web-proxy";

/** 2024-03-01 to 2024-04-12: 43 calendar days, 29 XSHG sessions. */
const RANGE = "2024-03-01..2024-04-12";
const SESSIONS = 29;

const { server, database } = serveEach(() => ({
  SAMPLE_SYMBOLS: "200",
  SAMPLE_DAY_MS: "1200",
  SAMPLE_FAIL_DAYS: "2024-03-06",
  SAMPLE_SHORT_DAYS: "2024-03-08:0.9",
}));

const person = gatherPeople();

async function chooseRange(page: Page, label: string, range: string): Promise<void> {
  await untilAwake(page);
  const field = page.getByRole("textbox", { name: label });
  await field.fill(range);
  await field.press("Enter");
}

test("one starts a backfill, the other sees it live and is shown it when he tries to start his own", async () => {
  // A day near the end stays in its store until he has been refused, however long that takes.
  const letGo = await holdDay((sql) => sqlOn(database.url, sql), "2024-04-08");
  const wei = await person();
  const min = await person({ language: "zh-CN", theme: "dark" });
  await Promise.all([wei.page.goto(server.url), min.page.goto(server.url)]);

  // Lin Wei sees the plan before anything happens, and is asked her name once.
  await chooseRange(wei.page, "Range", RANGE);
  await expectPage(wei.page.getByText(/43 days → 29 trading days: 29 missing/)).toBeVisible();
  await wei.page.getByRole("button", { name: "Start sync" }).click();
  await wei.page.getByRole("textbox", { name: "Your name" }).fill("Lin Wei");
  await wei.page.getByRole("dialog").getByRole("button", { name: "Start sync" }).click();
  await expectPage(wei.page.getByRole("heading", { name: "2024-03-01 → 2024-04-12" })).toBeVisible();

  // Zhao Min, who did nothing, sees it too: who, and days landing.
  await expectPage(min.page.getByRole("heading", { name: "2024-03-01 → 2024-04-12" })).toBeVisible();
  await expectPage(min.page.getByText(/Lin Wei/).first()).toBeVisible();
  await expectPage(min.page.getByRole("gridcell", { name: /2024-03-01.*完整/ }).first()).toBeVisible();

  // His own start is refused with the running task, live, and his range is kept.
  await chooseRange(min.page, "日期范围", "2024-02-05..2024-02-08");
  await min.page.getByRole("button", { name: "开始同步" }).click();
  await min.page.getByRole("textbox", { name: "您的姓名" }).fill("赵敏");
  await min.page.getByRole("dialog").getByRole("button", { name: "开始同步" }).click();
  const modal = min.page.getByRole("dialog", { name: "已有同步任务正在运行" });
  await expectPage(modal).toBeVisible();
  await expectPage(modal.getByText(/Lin Wei/)).toBeVisible();
  await expectPage(modal.getByText("2024-03-01 → 2024-04-12")).toBeVisible();
  await expectPage(modal.getByText("2024-02-05 → 2024-02-08")).toBeVisible();
  await expectPage(modal.getByRole("button", { name: "查看进度" })).toBeFocused();
  const before = await modal.innerText();
  await letGo();
  await expectPage(modal).not.toHaveText(before);
  expect(await violations(min.page)).toEqual([]);

  // The moment it ends, the dialog offers his own.
  const ended = min.page.getByRole("dialog").getByRole("button", { name: "启动您的任务" });
  await expectPage(ended).toBeVisible();
  await ended.click();
  await expectPage(min.page.getByRole("heading", { name: "2024-02-05 → 2024-02-08" })).toBeVisible();

  // The failed day is told in words, and nothing in either browser complained.
  const task = (await call(server.url, "/tasks")).body.data.tasks.find(
    (one: { start_date: string }) => one.start_date === "2024-03-01",
  );
  expect(task).toMatchObject({
    status: "completed",
    success: SESSIONS - 1,
    failed: 1,
    skipped: 14,
    suspect: 1,
    started_by: "Lin Wei",
  });
  expect([...wei.complaints, ...min.complaints]).toEqual([]);
});

test("a reload, a second tab and a lost connection all end at what the database holds", async () => {
  const line = await startWebProxy(server.url);
  const { page } = await person();
  // It does not end before the line is cut.
  const letGo = await holdDay((sql) => sqlOn(database.url, sql), "2024-03-14");
  const started = await call(
    server.url,
    "/sync/batch",
    { start_date: "2024-03-01", end_date: "2024-03-15" },
    { headers: { "X-Operator": "Lin%20Wei" } },
  );
  const taskId = started.body.data.task_id as string;
  await page.goto(`${line.url}/history/${taskId}`);
  await expectPage(page.getByText("Success").first()).toBeVisible();
  line.cut();
  await expectPage(page.getByText(/Reconnecting/).first()).toBeVisible();
  await letGo();
  await untilEnded(server.url, taskId);
  await expectPage(page.getByText("Completed")).toHaveCount(0);
  line.mend();
  await expectPage(page.getByText("Completed").first()).toBeVisible();
  await expectPage(page.getByText("This day is set to fail by SAMPLE_FAIL_DAYS").first()).toBeVisible();
  const days = () => page.getByRole("row").filter({ hasText: /2024-03-\d\d/ });
  await expectPage(days()).toHaveCount(15);
  const shown = await days().allInnerTexts();
  await page.reload();
  await expectPage(days()).toHaveCount(15);
  expect(await days().allInnerTexts()).toEqual(shown);
  await line.close();
});

test("while the page is cut off nothing can be started from it, and each button is back with the line", async () => {
  const line = await startWebProxy(server.url);
  const { page } = await person();
  await page.goto(line.url);
  const buttons = [/^Sync gaps/, "Start sync", "Verify instead"].map((name) => page.getByRole("button", { name }));
  for (const button of buttons) await expectPage(button).toBeEnabled();
  line.cut();
  for (const button of buttons) await expectPage(button).toBeDisabled();
  expect(await violations(page)).toEqual([]);
  line.mend();
  for (const button of buttons) await expectPage(button).toBeEnabled();
  await line.close();
});

test.each([
  ["en", "light", 1280],
  ["en", "dark", 360],
  ["zh-CN", "light", 1280],
  ["zh-CN", "dark", 360],
] as const)("every page is accessible and fits its screen (%s, %s, %i wide)", async (language, theme, width) => {
  const started = await call(server.url, "/sync/batch", { start_date: "2024-03-04", end_date: "2024-03-08" });
  const taskId = started.body.data.task_id as string;
  await untilEnded(server.url, taskId);
  const { page, complaints } = await person({ language, theme, width });
  for (const path of ["/", "/history", `/history/${taskId}`]) {
    await page.goto(server.url + path);
    await expectPage(page.getByText("2024-03-04").first()).toBeVisible();
    expect(await violations(page), path).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
  }
  expect(complaints).toEqual([]);
});

test("invented rows are said to be invented on every page", async () => {
  const { page } = await person();
  for (const path of ["/", "/history"]) {
    await page.goto(server.url + path);
    const line = page.getByText("Sample market: these prices are invented.");
    await expectPage(line).toBeVisible();
    expect(await line.count()).toBe(1);
  }
});

test("what is typed into the range before the page has come to life is taken all the same", async () => {
  const { page, complaints } = await person();
  let wake = () => {};
  const slowLine = new Promise<void>((resolve) => (wake = resolve));
  await page.route("**/*.js*", async (route) => {
    await slowLine;
    await route.continue();
  });
  await page.goto(server.url, { waitUntil: "commit" });
  const field = page.getByRole("textbox", { name: "Range" });
  await field.pressSequentially("2024-03-01..2024-03-08");
  wake();
  await expectPage(page.getByText(/8 days → 6 trading days: 6 missing/)).toBeVisible();
  await expectPage(page).toHaveURL(/from=2024-03-01&to=2024-03-08/);
  await field.press("Enter");
  await expectPage(field).toHaveValue("2024-03-01 → 2024-03-08");
  expect(complaints).toEqual([]);
});
