import { afterAll, beforeAll, expect, test } from "vitest";
import { closingMs, type FakeMassive, MASSIVE_KEY, type MassiveBar, startFakeMassive } from "@/test/support/fake-massive";
import { fillTheTable, readsFiveRows, readsRefusal } from "@/test/support/newcomer";
import { gatherPeople } from "@/test/support/people";
import { inUnits, rawBars } from "@/test/support/raw-bars";
import { differences, type Served } from "@/test/support/served";
import { serveEach } from "@/test/support/serve-each";

const TICKERS = 80;
/** Thursday to Tuesday: a weekend and Washington's birthday lie between, on which Shanghai would have traded. */
const RANGE = { from: "2024-02-15", to: "2024-02-20" } as const;
const DAYS = ["2024-02-15", "2024-02-16", "2024-02-20"] as const;

/** Every tenth ticker differs from its neighbour by case alone; volumes are fractions, some bars have no average price. */
function massiveBars(day: (typeof DAYS)[number]): MassiveBar[] {
  return rawBars(day, TICKERS).map(({ place, open, high, low, close, lots }) => ({
    T: place % 10 === 1 ? `T${place - 1}p` : `T${place}${place % 10 === 0 ? "P" : ""}`,
    v: lots + 0.5,
    ...(place % 13 === 6 ? {} : { vw: inUnits(low) + 0.0157 }),
    o: inUnits(open),
    c: inUnits(close),
    h: inUnits(high),
    l: inUnits(low),
    t: closingMs(day),
    n: 7,
  }));
}

const served: Served = {
  records: DAYS.flatMap((day) => massiveBars(day)),
  types: `"T" text, v numeric, vw numeric, o numeric, c numeric, h numeric, l numeric, t bigint`,
  columns: {
    stock_code: `"T"`,
    trade_date: "(to_timestamp(t / 1000) AT TIME ZONE 'America/New_York')::date",
    open_price: "o",
    close_price: "c",
    high_price: "h",
    low_price: "l",
    volume: "round(v)::bigint",
    amount: "round(v * vw, 2)",
  },
};

let fake: FakeMassive;
beforeAll(async () => {
  fake = await startFakeMassive({ days: Object.fromEntries(DAYS.map((day) => [day, massiveBars(day)])) });
});
afterAll(() => fake.close());

const environment = (key: string) => ({ SOURCE: "massive", MASSIVE_KEY: key, MASSIVE_URL: fake.url, CALENDAR: "XNYS" });
const { server, database } = serveEach(() => environment("not_the_key"));
const person = gatherPeople();

test("a newcomer with a Massive key: refused, tested, three days of New York, every column as it was served", async () => {
  const wei = await person();
  await readsRefusal(
    wei.page,
    server.url,
    "2024-02-15",
    "The source does not accept the credentials (check MASSIVE_KEY)",
    "Check MASSIVE_KEY in .env, then start the server again",
  );

  await server.replace(environment(MASSIVE_KEY));
  const first = ["T0P", "–", "10.97", "10.99", "10.97", "10.99", "136", "1,488.56", "–"];
  await readsFiveRows(wei.page, server.url, "2024-02-15", /80 rows of 2024-02-15 in .+\./, first);
  expect(await differences(database.url, { ...served, records: [] })).toEqual([]);

  await fillTheTable({
    url: server.url,
    starts: wei,
    gather: person,
    range: RANGE,
    days: DAYS,
    again: "2024-02-16",
    differences: () => differences(database.url, served),
  });
});
