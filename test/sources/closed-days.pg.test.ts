import { expect, onTestFinished, test } from "vitest";
import type { CoverageRun } from "@/lib/contract/coverage";
import type { Preview } from "@/lib/contract/plan";
import { startApp } from "../support/app";
import { startFakeBaostock } from "../support/fake-baostock";

test("a holiday that only Baostock knows is asked for once, is no gap any more, and by force once again", async () => {
  const fake = await startFakeBaostock({ stocks: 6, holidays: ["2024-03-06"] });
  onTestFinished(fake.close);
  const env = { SOURCE: "baostock", BAOSTOCK_HOST: fake.host, BAOSTOCK_PORT: String(fake.port) };
  const app = await startApp({ env });
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
});
