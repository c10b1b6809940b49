import { afterEach, beforeEach, expect, test } from "vitest";
import { untilEnded } from "@/test/support/api-client";
import { sqlOn } from "@/test/support/ask";
import { holdDay } from "@/test/support/held-day";
import { expectPage, gatherPeople } from "@/test/support/people";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { startWebProxy, type WebProxy } from "@/test/support/web-proxy";
import { isLong } from "./length";
import { type Machine, startMachine, startRange } from "./stand";

const OFFLINE_MS = isLong ? 300_000 : 3_000;
/** The promise is two seconds; the rest is for machines that do other things meanwhile. What it took is printed. */
const EQUAL_WITHIN_MS = 20_000;

let database: FreshDatabase;
let machine: Machine;
let line: WebProxy;

beforeEach(async () => {
  database = await freshDatabase();
  machine = await startMachine({
    databaseUrl: database.url,
    env: { SAMPLE_SYMBOLS: "100", SAMPLE_DAY_MS: "150" },
  });
  line = await startWebProxy(() => machine.process().url);
});

afterEach(async () => {
  await line.close();
  await machine.close();
  await database.drop();
});

const person = gatherPeople();

test("a page that was offline while the server was killed and came back equals the database as soon as the line is there again", async () => {
  const { page } = await person();
  // It does not end before the page is offline and the server killed.
  const letGo = await holdDay((sql) => sqlOn(database.url, sql), "2024-04-12");
  const taskId = await startRange(machine, "2024-03-01", "2024-04-30");
  await page.goto(`${line.url}/history/${taskId}`);
  await expectPage(page.getByText("Success").first()).toBeVisible();
  line.cut();
  await page.context().setOffline(true);
  await expectPage(page.getByText(/Reconnecting/).first()).toBeVisible();

  await machine.kill();
  await letGo();
  await machine.start();
  const ended = await untilEnded(machine.process().url, taskId);
  expect(ended).toMatchObject({ status: "completed", success: 41 });
  await page.waitForTimeout(OFFLINE_MS);
  await expectPage(page.getByText("Completed")).toHaveCount(0);

  line.mend();
  await page.context().setOffline(false);
  const begun = performance.now();
  await expectPage(page.getByText("Completed").first()).toBeVisible({ timeout: EQUAL_WITHIN_MS });
  await expectPage(page.getByText("41", { exact: true }).first()).toBeVisible({ timeout: EQUAL_WITHIN_MS });
  console.info(`the page equalled the database ${Math.round(performance.now() - begun)} ms after the line was back`);
  await expectPage(page.getByText(/Reconnecting/)).toHaveCount(0);
});
