import { afterEach, beforeEach, expect, test } from "vitest";
import { type App, startApp } from "../support/app";

let app: App;
beforeEach(async () => {
  app = await startApp({ env: { SAMPLE_SYMBOLS: "5", SAMPLE_DAY_MS: "100" } });
});
afterEach(() => app.stop());

test("the time a day took is one and the same in the event and in the table, its store included", async () => {
  await app.ask(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END';
    CREATE TRIGGER slow AFTER INSERT ON daily_stock_data FOR EACH STATEMENT EXECUTE FUNCTION slow()`);
  await app.sync("2024-01-02", "2024-01-03");
  const table = await app.ask("SELECT date::text AS date, duration_ms FROM sync_task_day WHERE status = 'success' ORDER BY date");
  const told = app.events.days
    .flatMap(({ days }) => days.map(({ date, duration_ms }) => ({ date, duration_ms })))
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
  expect(told).toEqual(table);
  for (const { duration_ms } of told) expect(duration_ms).toBeGreaterThanOrEqual(400);
});
