import { afterAll, beforeAll, expect, test } from "vitest";
import type { DayRows } from "@/lib/contract/day-rows";
import { type App, startApp } from "../support/app";

const DAY = "2024-01-02";
const SYMBOLS = 250;

let app: App;
beforeAll(async () => {
  app = await startApp({ env: { SAMPLE_SYMBOLS: String(SYMBOLS) } });
  await app.sync(DAY, DAY);
});
afterAll(() => app.stop());

const rowsOf = async (query = "", day = DAY) => app.api<DayRows>(`/days/${day}/rows${query}`);

test("a look at a day shows its first twenty rows by code, as they are stored, and how many there are", async () => {
  const { status, body } = await rowsOf();
  expect(status).toBe(200);
  expect(body.data).toMatchObject({ date: DAY, total: SYMBOLS });
  const stored = await app.ask(
    `SELECT stock_code, stock_name, trade_date::text, open_price::text, close_price::text, high_price::text, low_price::text,
            volume::text, amount::text, change_pct::text, change_amount::text, turnover_rate::text, amplitude::text
       FROM daily_stock_data WHERE trade_date = '${DAY}' ORDER BY stock_code LIMIT 20`,
  );
  expect(body.data.rows).toEqual(stored);
});

test("a code, or how it begins, leads to its rows; the limit is heeded", async () => {
  const all = (await rowsOf("?limit=200")).body.data.rows.map((row) => row["stock_code"] ?? "");
  const code = all[100] ?? "";
  expect((await rowsOf(`?code=${code}`)).body.data).toMatchObject({ total: 1, rows: [{ stock_code: code }] });
  const begin = code.slice(0, 4);
  const found = (await rowsOf(`?code=${begin}&limit=3`)).body.data;
  expect(found.total).toBeGreaterThan(0);
  expect(found.rows.map((row) => row["stock_code"])).toEqual(all.filter((one) => one.startsWith(begin)).slice(0, 3));
});

test("a percent sign is a character of a code and no wildcard", async () => {
  expect((await rowsOf("?code=%25")).body.data).toEqual({ date: DAY, total: 0, rows: [] });
});

test("a day without rows is an empty list, not an error", async () => {
  expect((await rowsOf("", "2024-01-03")).body.data).toEqual({ date: "2024-01-03", total: 0, rows: [] });
});

test.each([
  ["", "2024-02-30", "invalid_date"],
  ["?limit=0", DAY, "invalid_field"],
  ["?limit=201", DAY, "invalid_field"],
  [`?code=${"6".repeat(65)}`, DAY, "invalid_field"],
  ["?code=60%00", DAY, "invalid_field"],
])("%s of %s is refused as %s", async (query, day, code) => {
  const { status, body } = await rowsOf(query, day);
  expect({ status, code: body.code }).toEqual({ status: 400, code });
});
