import pg from "pg";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { call, untilEnded } from "@/test/support/api-client";
import { sqlOn } from "@/test/support/ask";
import { holdDay } from "@/test/support/held-day";
import { expectPage, expectTold, gatherPeople, untilAwake, violations as violationsOf } from "@/test/support/people";
import { serveEach } from "@/test/support/serve-each";

/** Five hundred XSHG sessions, twelve minutes: it outlasts whatever is done to it, also on a machine that is busy. */
const LONG_DAYS = { start_date: "2022-01-04", end_date: "2024-01-31" };
const LONG = "2022-01-04..2024-01-31";
const LONG_SHOWN = "2022-01-04 → 2024-01-31";
const SHORT = "2024-02-05..2024-02-08";
const SHORT_SHOWN = "2024-02-05 → 2024-02-08";

const { server, database } = serveEach(() => ({
  SAMPLE_SYMBOLS: "100",
  SAMPLE_DAY_MS: "1500",
  SAMPLE_FAIL_DAYS: "2024-02-06",
}));

const open = gatherPeople();
/** Keeps a day, and the task at work with it, until it is let go. */
const hold = (day: Day) => holdDay((sql) => sqlOn(database.url, sql), day);

/** A person at a page of their own whose name the page knows already. */
async function person(name: string, options: { language?: "en" | "zh-CN"; before?: () => void } = {}): Promise<Page> {
  const { page } = await open({ language: options.language ?? "en" });
  await page.context().addCookies([{ name: "dayfill_operator", value: encodeURIComponent(name), url: server.url }]);
  if (options.before) await page.context().addInitScript(options.before);
  await page.goto(server.url);
  return page;
}

async function startRange(page: Page, range: string): Promise<void> {
  await untilAwake(page);
  const field = page.getByRole("textbox", { name: "Range" });
  await field.fill(range);
  await field.press("Enter");
  await page.getByRole("button", { name: "Start sync" }).click();
}

const queueOf = (page: Page) => page.getByRole("region", { name: "Queue" });
const taskOf = (page: Page, range: string) => page.getByRole("region", { name: range });

// A spoken "busy" is kept for seven seconds and may outlive the button whose name it borrows; by then it has been read out.
const violations = (page: Page) => violationsOf(page, "[data-live-announcer]");

test("one starts, the other queues his own next; the first pauses, resumes and cancels, and both see it live", async () => {
  // His ends when it is let go: what is to be seen while it runs waits for whoever looks.
  const letGo = await hold("2024-02-08");
  const wei = await person("Lin Wei");
  const min = await person("Zhao Min");
  await startRange(wei, LONG);
  await expectPage(taskOf(min, LONG_SHOWN)).toBeVisible();

  // His start is refused, and he waits behind hers with one press.
  await startRange(min, SHORT);
  const modal = min.getByRole("dialog", { name: "A sync is already running" });
  await expectPage(modal.getByRole("button", { name: "View progress" })).toBeFocused();
  await modal.getByRole("button", { name: "Queue mine next" }).click();
  await expectPage(modal).toBeHidden();
  await expectTold(min, `${SHORT_SHOWN} · runs next`);
  for (const page of [wei, min]) {
    await expectPage(queueOf(page).getByText(SHORT_SHOWN)).toBeVisible();
    await expectPage(queueOf(page).getByText("Zhao Min · 4 days · priority 9")).toBeVisible();
  }

  // She gives it another priority; he sees it without doing anything.
  await queueOf(wei)
    .getByRole("button", { name: `Actions for ${SHORT_SHOWN}` })
    .click();
  await wei.getByRole("menuitemradio", { name: /^3/ }).click();
  await expectPage(queueOf(min).getByText("Zhao Min · 4 days · priority 3")).toBeVisible();
  expect(await violations(wei)).toEqual([]);

  // Paused after the day in work, hers stays on the page; the lease is free, so his runs.
  const pause = taskOf(wei, LONG_SHOWN).getByRole("button", { name: "Pause" });
  await pause.click();
  await expectPage(queueOf(min).getByRole("link", { name: LONG_SHOWN })).toBeVisible();
  await expectPage(taskOf(min, SHORT_SHOWN).getByRole("button", { name: "Pause" })).toBeVisible();
  // The button she pressed is gone with her task; the keyboard goes on from the one that is shown instead.
  await expectPage(wei.getByRole("heading", { name: SHORT_SHOWN })).toBeFocused();

  // Resumed it goes to the front and runs when his is done.
  await queueOf(wei).getByRole("button", { name: "Resume" }).click();
  await expectPage(queueOf(min).getByText(/goes on first/)).toBeVisible();
  await letGo();
  await expectPage(taskOf(wei, LONG_SHOWN).getByRole("button", { name: "Cancel…" })).toBeVisible();

  // Cancel asks again, with its consequences in days, and gives the focus back when she keeps it.
  const cancel = taskOf(wei, LONG_SHOWN).getByRole("button", { name: "Cancel…" });
  await cancel.click();
  const question = wei.getByRole("dialog", { name: "Cancel this sync?" });
  await expectPage(question.getByText(/stored days? stays?\./)).toBeVisible();
  await expectPage(question.getByText(/more days are not fetched\./)).toBeVisible();
  await expectPage(question.getByRole("button", { name: "Keep it" })).toBeFocused();
  expect(await violations(wei)).toEqual([]);
  await wei.keyboard.press("Escape");
  await expectPage(question).toBeHidden();
  await expectPage(cancel).toBeFocused();
  await cancel.click();
  await question.getByRole("button", { name: "Cancel the sync" }).click();
  for (const page of [wei, min]) await expectPage(page.getByText(/Cancelled by Lin Wei\. \d+ stored days? stays?/)).toBeVisible();
  await expectPage(taskOf(min, LONG_SHOWN).getByRole("button", { name: /Retry unfinished \(\d+\)/ })).toBeVisible();

  // The history tells who did what.
  await min.goto(`${server.url}/history?status=cancelled`);
  await expectPage(min.getByText(/by Lin Wei after .*stored days? stays?/)).toBeVisible();
  await min.getByRole("link", { name: LONG_SHOWN }).click();
  const activity = min.getByRole("region", { name: "Activity" });
  for (const words of ["started it", "paused it", "resumed it", "cancelled it"])
    await expectPage(activity.getByText(`Lin Wei ${words}`)).toBeVisible();
  expect(await violations(min)).toEqual([]);
});

test("the running sync is cancelled from the modal, and the start that was refused can go at once", async () => {
  const wei = await person("Lin Wei");
  const min = await person("Zhao Min");
  await startRange(wei, LONG);
  await expectPage(taskOf(min, LONG_SHOWN)).toBeVisible();
  await startRange(min, SHORT);
  await min.getByRole("dialog").getByRole("button", { name: "Cancel running sync…" }).click();
  const question = min.getByRole("dialog", { name: "Cancel this sync?" });
  await expectPage(question.getByText("started by Lin Wei")).toBeVisible();
  await question.getByRole("button", { name: "Cancel the sync" }).click();
  const ended = min.getByRole("dialog", { name: "It was cancelled just now." });
  await ended.getByRole("button", { name: "Start yours" }).click();
  await expectPage(taskOf(wei, SHORT_SHOWN)).toBeVisible();
  const { tasks } = (await call(server.url, "/tasks?status=cancelled")).body.data;
  expect(tasks).toMatchObject([{ start_date: LONG_DAYS.start_date, started_by: "Lin Wei", cancelled_by: "Zhao Min" }]);
});

test("failed days are retried as a task of their own, and a waiting one leaves the queue after a question", async () => {
  const failed = await call(server.url, "/sync/batch", { start_date: "2024-02-05", end_date: "2024-02-08" });
  await untilEnded(server.url, failed.body.data.task_id);
  const page = await person("Lin Wei");
  await page.goto(`${server.url}/history/${failed.body.data.task_id}`);
  await page.getByRole("button", { name: "Retry failed (1)" }).click();
  await expectTold(page, "Sync started");
  const { tasks } = (await call(server.url, "/tasks")).body.data;
  expect(tasks[0]).toMatchObject({ start_date: "2024-02-06", end_date: "2024-02-06", total: 1, started_by: "Lin Wei" });
  await untilEnded(server.url, tasks[0].task_id);

  await call(server.url, "/sync/batch", LONG_DAYS);
  await call(server.url, "/sync/batch", { start_date: "2024-05-06", end_date: "2024-05-10", if_busy: "queue" });
  await page.goto(server.url);
  await queueOf(page).getByRole("button", { name: "Actions for 2024-05-06 → 2024-05-10" }).click();
  await page.getByRole("menuitem", { name: "Remove…" }).click();
  const question = page.getByRole("dialog", { name: "Remove this sync from the queue?" });
  await expectPage(question.getByText("It has not begun, so nothing is lost.")).toBeVisible();
  await question.getByRole("button", { name: "Remove" }).click();
  await expectPage(queueOf(page).getByText("Nothing waits.")).toBeVisible();
});

test("a command that comes too late is told in words", async () => {
  const started = await call(server.url, "/sync/batch", LONG_DAYS);
  const page = await person("Lin Wei");
  await expectPage(taskOf(page, LONG_SHOWN).getByRole("button", { name: "Pause" })).toBeVisible();
  // Somebody else is quicker: the page still shows a running task while the server knows better.
  await page.route("**/pause", async (route) => {
    await call(server.url, `/sync/batch/${started.body.data.task_id}/cancel`, {});
    await route.continue();
  });
  await taskOf(page, LONG_SHOWN).getByRole("button", { name: "Pause" }).click();
  await expectTold(page, "This task cannot be paused: it is cancell");
  await expectPage(page.getByText("Cancelled", { exact: true }).first()).toBeVisible();
  expect((await untilEnded(server.url, started.body.data.task_id)).status).toBe("cancelled");
});

test("a queue that is full is told in words where the start was refused, and what was asked for is kept", async () => {
  await call(server.url, "/sync/batch", LONG_DAYS);
  const wait = () => call(server.url, "/sync/batch", { start_date: "2024-05-06", end_date: "2024-05-06", if_busy: "queue" });
  for (let n = 0; n < 200; n += 10) {
    const replies = await Promise.all(Array.from({ length: 10 }, wait));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
  }
  const page = await person("Zhao Min");
  await startRange(page, SHORT);
  const modal = page.getByRole("dialog", { name: "A sync is already running" });
  await modal.getByRole("button", { name: "Queue mine next" }).click();
  await expectPage(page.getByText("The queue is full: 200 tasks wait already")).toBeVisible();
  // The dialog stays with its ways on: look at the running one, cancel it, or try again once a place is free.
  await expectPage(modal.getByText(SHORT_SHOWN)).toBeVisible();
  const { tasks } = (await call(server.url, "/tasks?status=queued&limit=1")).body.data as { tasks: { task_id: string }[] };
  await fetch(`${server.url}/api/v1/sync-status/queue/${tasks[0]?.task_id}`, { method: "DELETE" });
  await modal.getByRole("button", { name: "Queue mine next" }).click();
  await expectPage(modal).toBeHidden();
  await expectTold(page, `${SHORT_SHOWN} · runs next`);
});

test("a retry of which nothing is left is told in words, in the reader's language", async () => {
  const failed = await call(server.url, "/sync/batch", { start_date: "2024-02-05", end_date: "2024-02-08" });
  await untilEnded(server.url, failed.body.data.task_id);
  const page = await person("Lin Wei", { language: "zh-CN" });
  await page.goto(`${server.url}/history/${failed.body.data.task_id}`);
  const retry = page.getByRole("button", { name: "重试失败日期（1）" });
  await expectPage(retry).toBeEnabled();
  // Between the look and the press the day that failed is gone.
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("DELETE FROM sync_task_day WHERE status = 'failed'");
  await client.end();
  await retry.click();
  await expectTold(page, "同步未能开始");
  await expectTold(page, "此任务没有需要重试的日期");
  await expectPage(retry).toBeEnabled();
  expect((await call(server.url, "/tasks")).body.data.tasks).toHaveLength(1);
});

test("a command for a task that ended between the look and the press is told in words, and the page shows how it ended", async () => {
  const started = await call(server.url, "/sync/batch", LONG_DAYS);
  const taskId = started.body.data.task_id as string;
  const page = await person("Lin Wei", { language: "zh-CN" });
  const task = taskOf(page, LONG_SHOWN);
  await expectPage(task.getByRole("button", { name: "暂停" })).toBeVisible();
  await page.route("**/pause", async (route) => {
    await call(server.url, `/sync/batch/${taskId}/cancel`, {});
    await untilEnded(server.url, taskId);
    await route.continue();
  });
  await task.getByRole("button", { name: "暂停" }).click();
  await expectTold(page, "未能执行");
  await expectTold(page, "无法暂停此任务：当前状态为");
  await expectPage(page.getByRole("button", { name: /重试未完成日期/ })).toBeVisible();
  expect((await untilEnded(server.url, taskId)).status).toBe("cancelled");
});

test("the tab says that it is done, and the browser tells the end to somebody who looks elsewhere", async () => {
  const page = await person("Lin Wei", {
    before: () => {
      const told: string[] = [];
      class Notice {
        static permission = "default";
        static requestPermission() {
          Notice.permission = "granted";
          return Promise.resolve("granted");
        }
        constructor(title: string, { body }: { body: string }) {
          told.push(`${title} | ${body}`);
        }
        close() {}
        addEventListener() {}
      }
      Object.assign(window, { Notification: Notice, told });
    },
  });
  // It runs until the title was seen to count.
  const letGo = await hold("2024-02-08");
  await startRange(page, SHORT);
  await page.getByRole("button", { name: "Notify me" }).click();
  await expectPage(page.getByRole("button", { name: "You will be told" })).toBeVisible();
  await page.evaluate(() => Object.defineProperty(document, "hidden", { value: true }));
  await expectPage(page).toHaveTitle(/^\(\d+%\) Syncing/);
  await letGo();
  await expectPage(page).toHaveTitle("✓ Done · Dayfill");
  // The title has it from the pushed state, the notice asks the task itself.
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { told: string[] }).told), { timeout: 90_000 })
    .toEqual(["Sync done | 2024-02-05 → 2024-02-08: 3 success, 1 failed, 0 skipped"]);
});
