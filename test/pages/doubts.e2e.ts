import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { call, untilEnded } from "@/test/support/api-client";
import {
  closingMs,
  type FakeMassive,
  MASSIVE_KEY,
  type MassiveBar,
  massiveDay,
  startFakeMassive,
} from "@/test/support/fake-massive";
import { brokenDays, unevenFigures } from "@/test/support/layout";
import { expectPage, expectTold, gatherPeople, violations } from "@/test/support/people";
import { serveEach } from "@/test/support/serve-each";

const RANGE = { start_date: "2024-03-04", end_date: "2024-03-12" } as const;
const FULL = 400;
const REJECTED = "2024-03-07";
const SUSPECT = "2024-03-08";
const INCOMPLETE = "2024-03-11";
const EMPTY = "2024-03-12";

/** Two rows in four hundred are of no use: one without a close, one of the day before. */
function withBadRows(day: Day): MassiveBar[] {
  const bars = massiveDay(day, FULL);
  const { c: _, ...closeless } = bars[99] as MassiveBar;
  return [...bars.slice(0, 99), closeless, ...bars.slice(100, 399), { ...(bars[399] as MassiveBar), t: closingMs("2024-03-06") }];
}

const DAYS: Record<Day, MassiveBar[]> = {
  ...Object.fromEntries((["2024-03-04", "2024-03-05", "2024-03-06"] as const).map((day) => [day, massiveDay(day, FULL)])),
  [REJECTED]: withBadRows(REJECTED),
  [SUSPECT]: massiveDay(SUSPECT, FULL * 0.95),
  [INCOMPLETE]: massiveDay(INCOMPLETE, FULL * 0.6),
};

let fake: FakeMassive;
beforeAll(async () => {
  fake = await startFakeMassive({ days: DAYS });
});
afterAll(() => fake.close());

const { server } = serveEach(() => ({
  SOURCE: "massive",
  MASSIVE_KEY,
  MASSIVE_URL: fake.url,
  CALENDAR: "XNYS",
}));
const open = gatherPeople();

const rowOf = (page: Page, day: Day) => page.getByRole("row").filter({ hasText: day });

test("each doubt about a day of Massive is told on the task's page, and what was held back is stored by choice", async () => {
  const { page, complaints } = await open();
  await page.context().addCookies([{ name: "dayfill_operator", value: "ann", url: server.url }]);
  const started = await call(server.url, "/sync/batch", RANGE);
  const task = await untilEnded(server.url, started.body.data.task_id as string);
  expect(task).toMatchObject({ status: "completed", success: 5, failed: 2, suspect: 1, rows: 3 * FULL + 398 + 380 });
  await page.goto(`${server.url}/history/${task.task_id}`);

  await expectPage(rowOf(page, REJECTED)).toContainText("2 rows were left out; the first: row 100, no close_price");
  await page.getByRole("button", { name: `Show rows left out: Rows left out on ${REJECTED}` }).click();
  const dialog = page.getByRole("dialog", { name: `Rows left out on ${REJECTED}` });
  await expectPage(dialog.getByRole("row", { name: "100 T99 close_price – empty" })).toBeVisible();
  await expectPage(dialog.getByRole("row", { name: "400 T399 trade_date 2024-03-06 another day's date" })).toBeVisible();
  // Also where there is least room: a day stays in one line, and all figures are equally wide.
  await page.setViewportSize({ width: 360, height: 780 });
  expect(await brokenDays(page)).toEqual([]);
  expect(await unevenFigures(page)).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.keyboard.press("Escape");
  await expectPage(rowOf(page, SUSPECT)).toContainText("380 rows, 5 % fewer than the median 400 of the neighbouring days");
  await expectPage(rowOf(page, EMPTY)).toContainText("The exchange was open but the source has no rows for this day");
  const heldBack = "240 rows, 40 % fewer than the median 400 of the neighbouring days; nothing was stored";
  await expectPage(rowOf(page, INCOMPLETE)).toContainText(heldBack);
  expect(await violations(page)).toEqual([]);

  // Whoever looked may store it all the same: that day alone, as a task of its own.
  await page.getByRole("button", { name: "Fetch it again and store it as it comes" }).click();
  await expectTold(page, "Sync started");
  const { tasks } = (await call(server.url, "/tasks")).body.data;
  expect(tasks[0]).toMatchObject({ start_date: INCOMPLETE, end_date: INCOMPLETE, total: 1, started_by: "ann" });
  const accepted = await untilEnded(server.url, tasks[0].task_id as string);
  expect(accepted).toMatchObject({ status: "completed", success: 1, failed: 0, suspect: 1, rows: 240 });
  await page.goto(`${server.url}/history/${tasks[0].task_id}`);
  await expectPage(page.getByText("incomplete days accepted")).toBeVisible();
  await expectPage(rowOf(page, INCOMPLETE)).toContainText("Suspect");
  const { data } = (await call(server.url, `/coverage?from=${INCOMPLETE}&to=${EMPTY}`)).body;
  expect(data).toMatchObject([
    { from: INCOMPLETE, state: "suspect", rows_max: 240 },
    { from: EMPTY, state: "failed" },
  ]);
  expect(complaints).toEqual([]);
});
