import { afterEach, beforeEach, expect, test } from "vitest";
import { call, untilEnded } from "@/test/support/api-client";
import { type FakeTushare, startFakeTushare, TUSHARE_TOKEN } from "@/test/support/fake-tushare";
import { expectPage, gatherPeople, violations } from "@/test/support/people";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { type ServerProcess, startServer } from "@/test/support/server";

let database: FreshDatabase;
let fake: FakeTushare;
let servers: ServerProcess[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  fake = await startFakeTushare({ stocks: 60 });
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.end()));
  servers = [];
  await fake.close();
  await database.drop();
});

async function serve(environment: Record<string, string>): Promise<ServerProcess> {
  const server = await startServer({ DATABASE_URL: database.url, SCHEDULE_ENABLED: "false", ...environment });
  servers.push(server);
  return server;
}

const serveTushare = (token: string) => serve({ SOURCE: "tushare", TUSHARE_TOKEN: token, TUSHARE_URL: fake.url });
const person = gatherPeople();

test("a wrong token is named with what to do; with the right one five rows are shown and nothing is stored", async () => {
  const wrong = await serveTushare("0".repeat(32));
  const { page, complaints } = await person();
  await page.goto(`${wrong.url}/settings`);
  const source = page.getByRole("region", { name: "Source" });
  await expectPage(source).toContainText("TUSHARE_TOKEN set");
  await expectPage(source).toContainText("not asked yet by this server");
  // The last day that is due stands there already.
  await expectPage(source.getByLabel("Test one day")).toHaveValue(/^\d{4}-\d\d-\d\d$/);
  await source.getByLabel("Test one day").fill("2024-02-30");
  await source.getByRole("button", { name: "Test" }).click();
  await expectPage(source.getByRole("alert")).toContainText("Expected a day such as");
  await source.getByLabel("Test one day").fill("2024-03-05");
  await source.getByLabel("Test one day").press("Enter");
  const result = source.getByRole("status");
  await expectPage(result).toContainText("The source does not accept the credentials (check TUSHARE_TOKEN)");
  await expectPage(result).toContainText("What to do: Check TUSHARE_TOKEN in .env, then start the server again");
  await expectPage(source).toContainText(/failed at .+, after/);
  expect(await page.content()).not.toContain("0".repeat(32));
  expect(await violations(page)).toEqual([]);
  // Nobody watches a server that ends: its silence is no complaint.
  await page.goto("about:blank");
  await wrong.end();

  const right = await serveTushare(TUSHARE_TOKEN);
  await page.goto(`${right.url}/settings`);
  await source.getByLabel("Test one day").fill("2024-03-05");
  await source.getByRole("button", { name: "Test" }).click();
  await expectPage(result).toContainText(/60 rows of 2024-03-05 in .+\. Nothing was stored\./);
  await expectPage(result.getByRole("row")).toHaveCount(6);
  await expectPage(result.getByRole("row").nth(1)).toContainText("600000平安 0");
  await expectPage(source).toContainText(/answered at .+, in/);
  expect(await violations(page)).toEqual([]);
  const coverage = await call(right.url, "/coverage?from=2024-03-05&to=2024-03-05");
  expect(coverage.body.data).toMatchObject([{ state: "missing" }]);
  await source.getByLabel("Test one day").fill("2024-03-02");
  await source.getByRole("button", { name: "Test" }).click();
  await expectPage(result).toContainText("The exchange was closed on 2024-03-02");
  await expectPage(result).toContainText("Choose a trading day");
  expect(complaints).toEqual([]);
});

test("while a sync runs the button says why it cannot be pressed, and can be once it has ended", async () => {
  const { url } = await serve({ SOURCE: "sample", SAMPLE_SYMBOLS: "50", SAMPLE_DAY_MS: "4000" });
  const { page } = await person();
  await page.goto(`${url}/settings`);
  const source = page.getByRole("region", { name: "Source" });
  await expectPage(source.getByRole("button", { name: "Test" })).toBeEnabled();
  const started = await call(url, "/sync/batch", { start_date: "2024-01-02", end_date: "2024-06-28" });
  await expectPage(source).toContainText("A sync is running: the source can be tested once it has ended.");
  await expectPage(source.getByRole("button", { name: "Test" })).toBeDisabled();
  expect(await violations(page)).toEqual([]);
  const taskId = started.body.data.task_id as string;
  await call(url, `/sync/batch/${taskId}/cancel`, {});
  await untilEnded(url, taskId);
  await expectPage(source.getByRole("button", { name: "Test" })).toBeEnabled();
  await source.getByRole("button", { name: "Test" }).click();
  await expectPage(source.getByRole("status")).toContainText(/50 rows of/);
});

test("the sample market leads to a real source, in both languages and themes, on a phone too", async () => {
  const { url } = await serve({ SOURCE: "sample", SAMPLE_SYMBOLS: "50", TUSHARE_TOKEN });
  for (const [language, theme, width] of [
    ["en", "light", 1280],
    ["zh-CN", "dark", 360],
    ["en", "dark", 360],
    ["zh-CN", "light", 768],
  ] as const) {
    const { page, complaints } = await person({ language, theme, width });
    await page.goto(`${url}/settings`);
    const source = page.getByRole("region", { name: language === "en" ? "Source" : "数据源" });
    await expectPage(source).toContainText("SOURCE=tushare");
    await expectPage(source).toContainText(language === "en" ? "TUSHARE_TOKEN set" : "TUSHARE_TOKEN 已设置");
    await source.getByRole("button", { name: language === "en" ? /Choose a source/ : /选择数据源/ }).click();
    await page.getByRole("option", { name: "Massive" }).click();
    await expectPage(source).toContainText("MASSIVE_KEY=…");
    await expectPage(source).toContainText(language === "en" ? "MASSIVE_KEY not set" : "MASSIVE_KEY 未设置");
    await source.getByRole("button", { name: language === "en" ? "Test" : "测试", exact: true }).click();
    await expectPage(source.getByRole("status").getByRole("row")).toHaveCount(6);
    expect(await violations(page), `${language} ${theme} ${width}`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, `at ${width} px it scrolls sideways`).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    if (process.env["SHOTS"]) await page.screenshot({ path: `${process.env["SHOTS"]}/${language}-${width}.png`, fullPage: true });
  }
});
