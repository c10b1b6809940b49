import { afterEach, beforeEach, expect, test } from "vitest";
import { call, untilEnded } from "@/test/support/api-client";
import { expectPage, gatherPeople, untilAwake, violations } from "@/test/support/people";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { startPostgresProxy } from "@/test/support/postgres-proxy";
import { type ServerProcess, startServer } from "@/test/support/server";

let database: FreshDatabase;
let line: Awaited<ReturnType<typeof startPostgresProxy>>;
let servers: ServerProcess[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  line = await startPostgresProxy(database.url);
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.end()));
  servers = [];
  await line.close();
  await database.drop();
});

async function serve(environment: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startServer({ DATABASE_URL: line.url, SAMPLE_SYMBOLS: "50", SAMPLE_DAY_MS: "4000", ...environment });
  servers.push(server);
  return server;
}

const person = gatherPeople();

test("two people see two instances and who holds the lease; one that is killed leaves the list", async () => {
  const [one, two] = await Promise.all([serve(), serve()]);
  const wei = await person();
  const min = await person({ language: "zh-CN", theme: "dark", width: 360 });
  await wei.page.goto(one.url);
  await expectPage(wei.page.getByRole("heading", { name: "Next scheduled" })).toBeVisible();
  await untilAwake(wei.page);
  await wei.page.keyboard.press("g");
  await wei.page.keyboard.press(",");
  await min.page.goto(`${one.url}/settings`);

  const instances = wei.page.getByRole("region", { name: "Instances" });
  await expectPage(wei.page).toHaveTitle("Settings · Dayfill");
  await expectPage(instances.getByText("2 servers on this database")).toBeVisible();
  await expectPage(instances.getByRole("rowheader")).toHaveCount(2);
  await expectPage(instances.getByText("this page")).toHaveCount(1);
  await expectPage(min.page.getByText("此数据库上有 2 个服务器")).toBeVisible();

  const started = await call(two.url, "/sync/batch", { start_date: "2024-03-01", end_date: "2024-06-28" });
  const second = instances
    .getByRole("row")
    .filter({ hasNotText: "this page" })
    .filter({ has: wei.page.getByRole("rowheader") });
  await expectPage(second.getByText(/holds it, renewed .+ ago/)).toBeVisible();
  expect(await violations(wei.page)).toEqual([]);

  await two.end("SIGKILL");
  await expectPage(instances.getByText("one server on this database")).toBeVisible();
  await expectPage(instances.getByRole("rowheader")).toHaveCount(1);
  await expectPage(min.page.getByText("此数据库上有 1 个服务器")).toBeVisible();
  // The one that is left takes the lease, and says so here.
  await expectPage(instances.getByText(/holds it, renewed .+ ago/)).toBeVisible();
  await call(one.url, `/sync/batch/${started.body.data.task_id}/cancel`, {});
  await untilEnded(one.url, started.body.data.task_id as string);
  expect([...wei.complaints, ...min.complaints]).toEqual([]);
});

test("no secret is shown; what is set, and what is a default, is", async () => {
  const password = "hunter2hunter2";
  const { url } = await serve({
    NOTIFY_URL: `https://hooks.example.com/${password}`,
    FILES_URL: `https://me:${password}@x.example/{yyyy}.csv`,
  });
  const { page, complaints } = await person();
  const reply = await call(url, "/settings");
  expect(JSON.stringify(reply.body)).not.toContain(password);
  await page.goto(`${url}/settings`);
  const row = (name: string) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
  await expectPage(row("NOTIFY_URL")).toContainText("set, not shown");
  await expectPage(row("DATABASE_URL")).toContainText("set, not shown");
  await expectPage(row("FILES_URL")).toContainText("https://***@x.example/{yyyy}.csv");
  await expectPage(row("SAMPLE_SYMBOLS")).toContainText("50environment");
  await expectPage(row("LEASE_TTL_MS")).toContainText("15000default");
  const place = page.getByRole("region", { name: "Database" });
  await expectPage(place).toContainText(`127.0.0.1:${new URL(line.url).port}`);
  await expectPage(place).toContainText("direct");
  expect(complaints).toEqual([]);
});

test("while the database is away the page says what it knows, and comes back by itself", async () => {
  const { url } = await serve();
  const { page } = await person();
  await page.goto(`${url}/settings`);
  const place = page.getByRole("region", { name: "Database" });
  await expectPage(place).toContainText("PostgreSQL 1");
  line.cut();
  await expectPage(place).toContainText("does not answer");
  await expectPage(place).toContainText("unknown while it is away");
  await expectPage(page.getByRole("region", { name: "Instances" }).getByRole("rowheader")).toHaveCount(1);
  await expectPage(page.getByRole("alert").getByText(/The database has not answered since/)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  line.restore();
  await expectPage(place).not.toContainText("does not answer");
  await expectPage(place).toContainText("PostgreSQL 1");
});

test("it is accessible and fits, from a phone to a wall, in both languages and themes", async () => {
  const { url } = await serve();
  for (const [language, theme, width] of [
    ["en", "light", 360],
    ["zh-CN", "dark", 360],
    ["zh-CN", "light", 768],
    ["en", "dark", 1280],
    ["zh-CN", "light", 2560],
  ] as const) {
    const { page, complaints } = await person({ language, theme, width });
    await page.goto(`${url}/settings`);
    await expectPage(page.getByText("LEASE_TTL_MS")).toBeVisible();
    expect(await violations(page), `${language} ${theme} ${width}`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, `at ${width} px it scrolls sideways`).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  }
});
