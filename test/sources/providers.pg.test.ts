import { expect, onTestFinished, test } from "vitest";
import { MASSIVE_KEY, massiveDay, startFakeMassive } from "../support/fake-massive";
import { startFakeTushare, TUSHARE_TOKEN, tushareDay } from "../support/fake-tushare";
import { startApp } from "../support/app";
import { halfJson, truncatedGzip } from "../support/wire-faults";

async function tushareApp(stocks: number) {
  const fake = await startFakeTushare({ stocks });
  onTestFinished(fake.close);
  const app = await startApp({ env: { SOURCE: "tushare", TUSHARE_TOKEN, TUSHARE_URL: fake.url } });
  onTestFinished(app.stop);
  return { fake, app };
}

async function massiveApp() {
  const fake = await startFakeMassive({ tickers: 40 });
  onTestFinished(fake.close);
  const app = await startApp({ env: { SOURCE: "massive", MASSIVE_KEY, MASSIVE_URL: fake.url, CALENDAR: "XNYS" } });
  onTestFinished(app.stop);
  return { fake, app };
}

test("a week from Tushare: the table holds what was served, in our units", async () => {
  const { app } = await tushareApp(120);
  const done = await app.sync("2024-01-01", "2024-01-05");
  expect(done).toMatchObject({ status: "completed", success: 4, failed: 0, skipped: 1, rows: 480 });
  const stored = await app.ask(
    `SELECT stock_code, stock_name, trade_date::text, open_price::text, close_price::text, high_price::text, low_price::text,
       volume::text, amount::text, change_pct::text, change_amount::text, turnover_rate::text, amplitude::text
     FROM daily_stock_data ORDER BY trade_date, stock_code`,
  );
  const served = (["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"] as const).flatMap((day) =>
    tushareDay(day, 120)
      .map((row, index) => ({
        stock_code: String(row["ts_code"]).slice(0, 6),
        stock_name: `平安 ${index}`,
        trade_date: day,
        open_price: String(row["open"]),
        close_price: String(row["close"]),
        high_price: String(row["high"]),
        low_price: String(row["low"]),
        volume: "123456",
        amount: String(Math.round(Number(row["amount"]) * 1_000)),
        change_pct: String(row["pct_chg"]),
        change_amount: "0.1",
        turnover_rate: "1.2345",
        amplitude: String(Number((75 / Number(row["pre_close"])).toFixed(4))),
      }))
      .sort((a, b) => (a.stock_code < b.stock_code ? -1 : 1)),
  );
  expect(stored).toEqual(served);
  const secrets = [...app.log.lines, ...app.events.states, ...app.events.days];
  expect(JSON.stringify(secrets)).not.toContain(TUSHARE_TOKEN);
});

test("days from Massive: the table holds what was served, and no invented columns", async () => {
  const { app } = await massiveApp();
  const done = await app.sync("2024-01-01", "2024-01-03");
  expect(done).toMatchObject({ status: "completed", success: 2, failed: 0, skipped: 1, rows: 80 });
  const stored = await app.ask(
    `SELECT stock_code, stock_name, close_price::text, volume::text, amount::text, change_pct, amplitude
     FROM daily_stock_data WHERE trade_date = '2024-01-03'`,
  );
  const byCode = (a: { stock_code?: unknown }, b: { stock_code?: unknown }) =>
    String(a.stock_code) < String(b.stock_code) ? -1 : 1;
  const served = massiveDay("2024-01-03", 40).map(({ T, v = 0, c }) => ({
    stock_code: T,
    stock_name: null,
    close_price: String(c),
    volume: String(Math.round(v)),
    amount: String(Number((v * 10.125).toFixed(2))),
    change_pct: null,
    amplitude: null,
  }));
  expect(stored.toSorted(byCode)).toEqual(served.toSorted(byCode));
});

test.each([
  ["tushare", tushareApp, truncatedGzip, /end too early/],
  ["massive", massiveApp, halfJson, /form this source is known for/],
] as const)(
  "%s: a broken answer is asked for three times and stores nothing; healed, the day comes",
  async (_name, open, fault, words) => {
    const { app, fake } = await open(40);
    fake.fail(fault);
    const failed = await app.sync("2024-01-02", "2024-01-02");
    expect(failed).toMatchObject({ status: "completed", success: 0, failed: 1, rows: 0 });
    const { body } = await app.api<{ days: { attempts: number; error: object }[] }>(`/tasks/${failed.task_id}/days`);
    expect(body.data.days[0]).toMatchObject({ attempts: 3 });
    const progress = await app.api<{ errors: { error: string }[] }>(`/sync/batch/progress/${failed.task_id}`, {
      headers: { "Accept-Language": "en" },
    });
    expect(progress.body.data.errors[0]?.error).toMatch(words);
    expect(await app.ask("SELECT count(*)::int AS n FROM daily_stock_data")).toEqual([{ n: 0 }]);
    fake.heal();
    expect(await app.sync("2024-01-02", "2024-01-02")).toMatchObject({ success: 1, failed: 0, rows: 40 });
  },
);
