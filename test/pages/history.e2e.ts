import { readFile } from "node:fs/promises";
import pg from "pg";
import { expect, test } from "vitest";
import { call, untilEnded } from "@/test/support/api-client";
import { expectPage, expectTold, gatherPeople, violations } from "@/test/support/people";
import { serveEach } from "@/test/support/serve-each";

const SYMBOLS = 50;

const { server, database } = serveEach(() => ({ SAMPLE_SYMBOLS: String(SYMBOLS), OPERATOR_NAME: "Lin Wei" }));

const person = gatherPeople();

async function sync(): Promise<string> {
  const started = await call(server.url, "/sync/batch", { start_date: "2024-03-04", end_date: "2024-03-08" });
  const taskId = started.body.data.task_id as string;
  await untilEnded(server.url, taskId);
  return taskId;
}

async function ask(sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

test("what the source says otherwise is found by Verify instead, and made so by choice", async () => {
  await sync();
  await ask(
    "DELETE FROM daily_stock_data WHERE trade_date = '2024-03-06' AND stock_code = (SELECT min(stock_code) FROM daily_stock_data)",
  );
  const { page, complaints } = await person();
  await page.goto(`${server.url}/?from=2024-03-04&to=2024-03-08`);
  // The plan stands once the page is awake; a press before that would be lost.
  await expectPage(page.getByText(/5 trading days/)).toBeVisible();
  await page.getByRole("button", { name: "Verify instead" }).click();
  await expectTold(page, "Verify started");
  await expectPage(async () => {
    const { tasks } = (await call(server.url, "/tasks?type=verify")).body.data as {
      tasks: { task_id: string; status: string }[];
    };
    expect(tasks.map((task) => task.status)).toEqual(["completed"]);
    await page.goto(`${server.url}/history/${tasks[0]?.task_id}`);
  }).toPass({ timeout: 120_000 });

  await expectPage(page.getByText("1 in 5 compared days")).toBeVisible();
  expect(await ask("SELECT 1 FROM daily_stock_data WHERE trade_date = '2024-03-06'")).toBe(SYMBOLS - 1);
  expect(await violations(page)).toEqual([]);

  await page.getByRole("button", { name: "Apply 1 changed day" }).click();
  await expectPage(async () => {
    expect(await ask("SELECT 1 FROM daily_stock_data WHERE trade_date = '2024-03-06'")).toBe(SYMBOLS);
  }).toPass({ timeout: 120_000 });
  expect(complaints).toEqual([]);
});

test("the receipt of a task comes as a file, with a line for each of its days", async () => {
  const taskId = await sync();
  const { page } = await person();
  await page.goto(`${server.url}/history/${taskId}`);
  for (const [ending, holds] of [
    ["CSV", /^task_id,date,[\s\S]*2024-03-08/],
    ["JSON", /"task_id": ?"2024-03-04_2024-03-08_/],
  ] as const) {
    await page.getByRole("button", { name: "Receipt" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: ending }).click()]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`\\.${ending.toLowerCase()}$`));
    expect(await readFile(await download.path(), "utf8")).toMatch(holds);
  }
});

test("a day of a task leads to its rows: by Enter on its cell, by a click, and by the figure in the table", async () => {
  const taskId = await sync();
  const { page, complaints } = await person();
  await page.goto(server.url);
  const cell = page.locator('[data-day="2024-03-06"]').first();
  const dialog = page.getByRole("dialog", { name: "Rows of 2024-03-06" });
  await expectPage(cell).toHaveAttribute("data-look", "complete");
  await cell.focus();
  await page.keyboard.press("Enter");
  await expectPage(dialog.getByText(`20 rows of ${SYMBOLS}, by code`)).toBeVisible();
  expect(await violations(page)).toEqual([]);

  const code = (await dialog.getByRole("row").nth(7).getByRole("cell").first().textContent()) ?? "";
  await dialog.getByLabel("Code begins with").fill(code);
  await expectPage(dialog.getByText("1 row of 1, by code")).toBeVisible();
  await expectPage(dialog.getByRole("cell", { name: code })).toBeVisible();
  await dialog.getByLabel("Code begins with").fill("nobody");
  await expectPage(dialog.getByText("No code of this day begins with nobody.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expectPage(dialog).toBeHidden();
  await expectPage(cell).toBeFocused();

  await cell.click();
  await expectPage(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await page.goto(`${server.url}/history/${taskId}`);
  await page.getByRole("button", { name: `${SYMBOLS}: show rows of 2024-03-06` }).click();
  await expectPage(dialog).toBeVisible();
  expect(complaints).toEqual([]);
});

test("a tap on a day tells of it, and the card leads to its rows", async () => {
  await sync();
  const { page, complaints } = await person({ touch: true, width: 390 });
  await page.goto(server.url);
  const cell = page.locator('[data-day="2024-03-06"]').first();
  await expectPage(cell).toHaveAttribute("data-look", "complete");
  await cell.tap();
  const card = page.getByRole("tooltip").filter({ hasText: "2024-03-06" });
  await expectPage(card.getByText("Attempts")).toBeVisible();
  await card.getByText("Show rows").tap();
  await expectPage(page.getByRole("dialog", { name: "Rows of 2024-03-06" }).getByText(`20 rows of ${SYMBOLS}`)).toBeVisible();
  await expectPage(card).toBeHidden();
  expect(complaints).toEqual([]);
});
