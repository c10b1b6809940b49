import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { call } from "@/test/support/api-client";
import { sqlOn } from "@/test/support/ask";
import { fillOriginalTable, makeOriginalTable } from "@/test/support/original-table";
import { expectPage, gatherPeople, violations } from "@/test/support/people";
import { serveEach } from "@/test/support/serve-each";

/** XSHG sessions of 2024-03-04 to 2024-03-08, the days that the source has too. */
const DAYS = ["04", "05", "06", "07", "08"].map((day) => `2024-03-${day}`);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dayfill-adopted-"));
  const rows = Array.from({ length: 10 }, (_, n) => `${600_001 + n},1,2,0.5,1.5,100`).join("\n");
  for (const day of DAYS) await writeFile(join(folder, `${day}.csv`), `stock_code,open,high,low,close,volume\n${rows}\n`);
});

afterEach(() => rm(folder, { recursive: true }));

const { server, database } = serveEach(async (databaseUrl) => {
  await makeOriginalTable(databaseUrl);
  await fillOriginalTable(databaseUrl, DAYS[0] as string, DAYS[4] as string, 10);
  return { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv"), SCHEDULE_ENABLED: "false" };
});

const person = gatherPeople();

test("adopted days are named on every page, one press fills the form to sync them again, and the line goes with the last of them", async () => {
  const wei = await person();
  const { page } = wei;
  await page.goto(`${server.url}/history`);
  await expectPage(page.getByText("5 days were adopted from an existing table.")).toBeVisible();
  await page.getByRole("link", { name: "Sync again…" }).click();
  await expectPage(page.getByRole("textbox", { name: "Range" })).toHaveValue("2024-03-04 → 2024-03-08");
  await expectPage(page.getByText(/5 days → 5 trading days/)).toBeVisible();
  expect(await violations(page)).toEqual([]);

  // The press alone changed nothing; the start does.
  expect(await sqlOn(database.url, "SELECT DISTINCT source FROM sync_day")).toEqual([{ source: "adopted" }]);
  await page.getByRole("button", { name: "Start sync" }).click();
  await page.getByRole("textbox", { name: "Your name" }).fill("Lin Wei");
  await page.getByRole("dialog").getByRole("button", { name: "Start sync" }).click();
  // Its count sinks day by day: what is waited for is that no line is left.
  await expectPage(page.getByText(/adopted from an existing table/)).toBeHidden();
  expect(await sqlOn(database.url, "SELECT DISTINCT source FROM sync_day")).toEqual([{ source: "files" }]);
  expect(await sqlOn(database.url, "SELECT DISTINCT close_price::text AS close FROM daily_stock_data")).toEqual([
    { close: "1.50" },
  ]);
  expect(wei.complaints).toEqual([]);
});

test.each([
  ["en", "light", 1280],
  ["zh-CN", "dark", 390],
] as const)("the line reads well and breaks no rule (%s, %s, %i wide)", async (language, theme, width) => {
  const { page, complaints } = await person({ language, theme, width });
  await page.goto(server.url);
  await expectPage(page.getByText(language === "en" ? /forward-adjusted/ : /前复权/).first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
});

test("the sample market says that it will not replace them", async () => {
  await server.replace({ SOURCE: "sample" });
  const { page } = await person();
  await page.goto(server.url);
  await expectPage(page.getByText(/the sample market never replaces them/)).toBeVisible();
  await expectPage(page.getByRole("link", { name: "Sync again…" })).toHaveCount(0);
  const start = await call(server.url, "/sync/batch", { start_date: "2024-03-04", end_date: "2024-03-04", force: true });
  expect([start.status, start.body.code]).toEqual([409, "sample_into_existing"]);
});
