import { expect, onTestFinished, test } from "vitest";
import type { CoverageRun } from "@/lib/contract/coverage";
import type { Preview } from "@/lib/contract/plan";
import { startApp } from "../support/app";
import { freshDatabase } from "../support/postgres";
import { startFakeBaostock } from "../support/fake-baostock";

test("a holiday that only Baostock knows is asked for once, is no gap any more, by force once again, and always where the operator has it as open", async () => {
  const fake = await startFakeBaostock({ stocks: 6, holidays: ["2024-03-06"] });
  onTestFinished(fake.close);
  const env = { SOURCE: "baostock", BAOSTOCK_HOST: fake.host, BAOSTOCK_PORT: String(fake.port) };
  const { url: databaseUrl, drop } = await freshDatabase();
  onTestFinished(drop);
  const app = await startApp({ env, databaseUrl });
  onTestFinished(app.stop);
  expect(await app.sync("2024-03-05", "2024-03-07")).toMatchObject({ success: 2, skipped: 1, failed: 0 });
  const range = { start_date: "2024-03-05", end_date: "2024-03-07" };
  const coverage = await app.api<CoverageRun[]>("/coverage?from=2024-03-05&to=2024-03-07");
  expect(coverage.body.data.map(({ from, state, reason }) => [from, state, reason])).toEqual([
    ["2024-03-05", "complete", null],
    ["2024-03-06", "no_trading", "holiday"],
    ["2024-03-07", "complete", null],
  ]);
  expect(await app.api("/date/2024-03-06")).toMatchObject({ status: 404 });
  expect((await app.api("/check/2024-03-06", { method: "POST" })).body.data).toMatchObject({ need_sync: false });
  expect((await app.api<Preview>("/sync/batch/preview", { body: range })).body.data).toMatchObject({ fetch_days: 0 });

  fake.forget();
  expect(await app.sync("2024-03-05", "2024-03-07")).toMatchObject({ success: 0, skipped: 3 });
  expect(fake.requests).toEqual([]);
  expect(await app.sync("2024-03-06", "2024-03-06", { force: true })).toMatchObject({ success: 0, skipped: 1 });
  expect(fake.asked("query_trade_dates")).toBe(1);

  // The operator says that it was open: no mark keeps it from being asked for, like any other day.
  await app.stop();
  const knowing = await startApp({ env: { ...env, CALENDAR_OPEN: "2024-03-06" }, databaseUrl });
  onTestFinished(knowing.stop);
  expect((await knowing.api<Preview>("/sync/batch/preview", { body: range })).body.data).toMatchObject({ fetch_days: 1 });
  fake.forget();
  expect(await knowing.sync("2024-03-05", "2024-03-07")).toMatchObject({ success: 0, skipped: 3 });
  expect(fake.asked("query_trade_dates")).toBe(1);
});
