import { tmpdir } from "node:os";
import { Client } from "pg";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addDays, type Day } from "@/lib/contract/day";
import { call } from "@/test/support/api-client";
import { expectPage, expectTold, gatherPeople, untilAwake, violations } from "@/test/support/people";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { quietExchange } from "@/test/support/quiet-exchange";
import { type ServerProcess, startServer } from "@/test/support/server";

/** A source that is no sample, so schedules are live; it holds no day, and none of its fires comes while a test looks. */
const FILES = {
  SOURCE: "files",
  FILES_URL: `${tmpdir()}/no-such-market/{yyyy-MM-dd}.csv`,
  CALENDAR: quietExchange([8, 19.75, 20, 21.5, 24]).id,
};

let database: FreshDatabase;
let server: ServerProcess | null = null;

beforeEach(async () => {
  database = await freshDatabase();
});

afterEach(async () => {
  await server?.end();
  server = null;
  await database.drop();
});

async function serve(environment: Record<string, string>): Promise<string> {
  server = await startServer({ DATABASE_URL: database.url, ...environment });
  return server.url;
}

const person = gatherPeople();

const daily = (page: Page, name = "Daily sync") => page.getByRole("region", { name, exact: true });
const timeField = (page: Page) => daily(page).getByRole("textbox", { name: "Time" });

test("a time is changed by keyboard, dropped, changed again and saved under a name, and the other page shows it", async () => {
  const url = await serve(FILES);
  const wei = await person();
  const min = await person({ language: "zh-CN", theme: "dark", width: 360 });
  await wei.page.goto(url);
  await expectPage(wei.page.getByRole("heading", { name: "Next scheduled" })).toBeVisible();
  await untilAwake(wei.page);
  await wei.page.keyboard.press("g");
  await wei.page.keyboard.press("s");
  await expectPage(daily(wei.page).getByText(/^On · next .+ 20:00, in /)).toBeVisible();
  await expectPage(daily(wei.page).getByRole("listitem")).toHaveCount(5);
  await expectPage(wei.page).toHaveTitle("Schedule · Dayfill");
  expect(await violations(wei.page)).toEqual([]);
  await min.page.goto(`${url}/schedule`);
  await expectPage(daily(min.page, "每日同步").getByText(/已开启 · 下次.+ 20:00/)).toBeVisible();

  const bar = wei.page.getByRole("region", { name: "Unsaved changes" });
  await timeField(wei.page).fill("2130");
  await expectPage(bar.getByText("Daily sync 20:00 → 21:30")).toBeVisible();
  expect(await violations(wei.page)).toEqual([]);
  await bar.getByRole("button", { name: "Discard" }).click();
  await expectPage(bar).toHaveCount(0);
  await expectPage(timeField(wei.page)).toHaveValue("20:00");

  await timeField(wei.page).fill("1945");
  await timeField(wei.page).press("Enter");
  await wei.page.getByRole("textbox", { name: "Your name" }).fill("Lin Wei");
  await wei.page.keyboard.press("Enter");
  await expectPage(bar).toHaveCount(0);
  await expectPage(daily(wei.page).getByText(/next .+ 19:45, .*changed by Lin Wei/)).toBeVisible();

  // Zhao Min, who did nothing, sees the new time, and by whom.
  await expectPage(daily(min.page, "每日同步").getByText(/19:45，.*Lin Wei 修改于/)).toBeVisible();
  await expectPage(daily(min.page, "每日同步").getByRole("textbox", { name: "时间" })).toHaveValue("19:45");
  expect(await violations(min.page)).toEqual([]);

  // Off at once, without saving; the coming days are off too.
  await daily(wei.page).getByRole("switch", { name: "Daily sync" }).press("Space");
  await expectPage(daily(wei.page).getByText(/^Off · changed by Lin Wei/)).toBeVisible();
  await expectPage(daily(wei.page).getByText("None while it is off.", { exact: false })).toBeVisible();
  await expectPage(daily(min.page, "每日同步").getByText(/^已关闭 · Lin Wei/)).toBeVisible();
  expect([...wei.complaints, ...min.complaints]).toEqual([]);
});

test("a time that is half typed cannot be saved, and says so", async () => {
  const url = await serve(FILES);
  const { page, complaints } = await person();
  await page.goto(`${url}/schedule`);
  await timeField(page).fill("20:");
  await timeField(page).press("Enter");
  await expectPage(daily(page).getByRole("alert").getByText("Write hours and minutes, 00:00 to 23:59.")).toBeVisible();
  await expectPage(page.getByRole("button", { name: "Save" })).toBeDisabled();
  await timeField(page).fill("20:00");
  await expectPage(page.getByRole("button", { name: "Save" })).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test("a time that is not saved yet outlives a look at another page, and the page says that it is kept", async () => {
  const url = await serve(FILES);
  const { page, complaints } = await person();
  await page.goto(`${url}/schedule`);
  await timeField(page).fill("2130");
  await page.getByRole("link", { name: "History" }).first().click();
  await expectPage(page).toHaveTitle("History · Dayfill");
  await expectPage(page.getByText("Not saved yet")).toBeVisible();
  await expectPage(page.getByText(/^Daily sync 20:00 → 21:30\. It stands on the schedule page/)).toBeVisible();

  await page.getByRole("link", { name: "Schedule" }).first().click();
  await expectPage(timeField(page)).toHaveValue("21:30");
  const bar = page.getByRole("region", { name: "Unsaved changes" });
  await expectPage(bar.getByText("Daily sync 20:00 → 21:30")).toBeVisible();
  await bar.getByRole("button", { name: "Discard" }).click();
  await expectPage(timeField(page)).toHaveValue("20:00");

  // Nothing is unsaved any more, so the browser lets the page go without a question.
  let asked = false;
  page.on("dialog", (dialog) => {
    asked = true;
    void dialog.accept();
  });
  await page.reload();
  await expectPage(timeField(page)).toHaveValue("20:00");
  expect(asked).toBe(false);
  await timeField(page).fill("2130");
  await page.getByRole("link", { name: "History" }).first().click();
  await expectPage(page).toHaveTitle("History · Dayfill");
  await page.reload();
  expect(asked, "the browser asks before the kept time is lost").toBe(true);
  expect(complaints).toEqual([]);
});

test("what fired is told in words: busy, missed, closed, nothing to do, and the task of a run", async () => {
  const url = await serve(FILES);
  const { today } = (await call(url, "/console")).body.data as { today: Day };
  const past = (days: number) => addDays(today, -days);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `INSERT INTO sync_schedule_fire (schedule_id, local_date, at, outcome) VALUES
       ('daily', $1, $1::date + time '12:00', 'skipped_busy'),
       ('daily', $2, $2::date + time '12:00', 'missed'),
       ('daily', $3, $3::date + time '12:00', 'closed_day'),
       ('fill_missing', $1, $1::date, 'nothing_missing')`,
    [past(1), past(2), past(3)],
  );
  await client.end();
  const { page, complaints } = await person();
  await page.goto(`${url}/schedule`);
  for (const words of ["another sync was running", "no server was up; Fill missing has the day", "the exchange was closed"])
    await expectPage(daily(page).getByText(words)).toBeVisible();
  await expectPage(daily(page, "Fill missing").getByText("no day was missing, failed or suspect")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test("the sample market is held, and says what to do; run now works, and meets the busy dialog like every start", async () => {
  const url = await serve({ SAMPLE_SYMBOLS: "100", SAMPLE_DAY_MS: "4000" });
  const { page, complaints } = await person();
  await page.goto(url);
  await expectPage(page.getByText("Not with the sample market", { exact: false }).first()).toBeVisible();
  await page.getByRole("link", { name: "Schedule" }).first().click();
  await expectPage(page.getByText("The sample market is never scheduled.")).toBeVisible();
  await expectPage(daily(page, "Fill missing").getByText(/^On, but the sample market is never scheduled/)).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await page.getByRole("button", { name: "Run now: Fill missing" }).click();
  await page.getByRole("textbox", { name: "Your name" }).fill("Lin Wei");
  await page.keyboard.press("Enter");
  await expectTold(page, "Sync started");

  await page.getByRole("button", { name: "Run now: Fill missing" }).click();
  const modal = page.getByRole("dialog", { name: "A sync is already running" });
  await expectPage(modal.getByText(/Fill missing/).first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expectPage(page.getByRole("button", { name: "Run now: Fill missing" })).toBeFocused();
  expect(complaints).toEqual([]);
});

test("schedules that cannot be read are no empty page: it says so and tries again", async () => {
  const url = await serve(FILES);
  const { page } = await person();
  await page.route("**/schedules", (route) => route.abort());
  await page.goto(`${url}/schedule`);
  const retry = page.getByRole("alert").getByRole("button", { name: "Try again" });
  await expectPage(retry).toBeVisible();
  await page.unroute("**/schedules");
  await retry.click();
  await expectPage(daily(page)).toBeVisible();
  await expectPage(retry).toHaveCount(0);
  expect(await page.getByRole("switch").count()).toBe(2);
});
