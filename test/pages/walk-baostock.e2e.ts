import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeBaostock, startFakeBaostock } from "@/test/support/fake-baostock";
import { codeOf, createMarket, type FakeMarket, nameOf } from "@/test/support/fake-baostock-market";
import { fetchesAgain, readsFiveRows, readsRefusal, seesLanded, startsByKeyboard } from "@/test/support/newcomer";
import { expectPage, gatherPeople } from "@/test/support/people";
import { differences, type Served } from "@/test/support/served";
import { serveEach } from "@/test/support/serve-each";

const MARKET: FakeMarket = { stocks: 60, suspended: [3, 17] };
const RANGE = { from: "2024-03-04", to: "2024-03-08" } as const;
const DAYS = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"] as const;
/** The stock whose answer waits until the walk was seen on its way. */
const WAITS = 25;

const FIELDS = "date,code,open,high,low,close,preclose,volume,amount,turn,pctChg".split(",");
const market = createMarket(MARKET);

/** Texts, as they go over the line: an empty one is a value that is not there. */
const served: Served = {
  records: Array.from({ length: MARKET.stocks }, (_, place) =>
    market
      .history(codeOf(place), FIELDS, RANGE.from, RANGE.to)
      .map((texts) => ({ name: nameOf(place), ...Object.fromEntries(FIELDS.map((field, at) => [field, texts[at]])) })),
  ).flat(),
  types: `name text, ${FIELDS.map((field) => `"${field}" text`).join(", ")}`,
  columns: {
    stock_code: "right(code, 6)",
    stock_name: "name",
    trade_date: "date::date",
    open_price: "open::numeric",
    close_price: "close::numeric",
    high_price: "high::numeric",
    low_price: "low::numeric",
    volume: "volume::bigint",
    amount: "amount::numeric",
    change_pct: `nullif("pctChg", '')::numeric`,
    change_amount: "close::numeric - preclose::numeric",
    turnover_rate: "nullif(turn, '')::numeric",
    amplitude: "round((high::numeric - low::numeric) / preclose::numeric * 100, 4)",
  },
};

let fake: FakeBaostock;
beforeAll(async () => {
  fake = await startFakeBaostock(MARKET);
});
afterAll(() => fake.close());

const environment = (port: number) => ({ SOURCE: "baostock", BAOSTOCK_HOST: "127.0.0.1", BAOSTOCK_PORT: String(port) });
/** Nobody listens on port 1. */
const { server, database } = serveEach(() => environment(1));
const person = gatherPeople();

test("a newcomer on the free line of Baostock: not reached, tested, five days by one walk, every column as it was served", async () => {
  const wei = await person();
  await readsRefusal(
    wei.page,
    server.url,
    "2024-03-05",
    "The source cannot be reached: 127.0.0.1:1",
    "Check the address of the source and whether this machine reaches it",
  );

  await server.replace(environment(fake.port));
  const first = ["600000", "浦发银行0", "10.0600", "10.1400", "10.0200", "10.1000", "10,000", "100,800.0000", "0.421100"];
  await readsFiveRows(wei.page, server.url, "2024-03-05", /5 rows of 2024-03-05 in .+ \(a few symbols only\)\./, first);
  expect(await differences(database.url, { ...served, records: [] })).toEqual([]);

  fake.forget();
  let goOn = () => {};
  const until = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  fake.faultOf = ({ method, number }) => (method === "query_history_k_data_plus" && number === WAITS ? { until } : undefined);
  const min = await person({ language: "zh-CN", theme: "dark" });
  await min.page.goto(server.url);
  await startsByKeyboard(wei.page, server.url, RANGE, /5 days → 5 trading days: 5 missing\. 5 to fetch/, "Lin Wei");
  await expectPage(wei.page.getByRole("img", { name: "fetched 24 of 60 symbols" })).toBeVisible();
  await expectPage(min.page.getByRole("img", { name: "已抓取 24/60 只证券" })).toBeVisible();
  goOn();
  await seesLanded(wei.page, RANGE, DAYS, "Complete");
  await seesLanded(min.page, RANGE, DAYS, "完整");
  expect(await differences(database.url, served)).toEqual([]);
  // One walk for all five days, over one line.
  expect([fake.asked("query_history_k_data_plus"), fake.lines.most]).toEqual([MARKET.stocks, 1]);

  await fetchesAgain(server.url, "2024-03-06");
  expect(await differences(database.url, served)).toEqual([]);
  expect([...wei.complaints, ...min.complaints]).toEqual([]);
});
