import { type BaostockFault, type FakeBaostock, startFakeBaostock, TOO_MANY_LOGINS } from "../support/fake-baostock";
import { keepsItsWord, type Trouble, type World } from "./wire-claims";

interface BaostockWorld extends World {
  fake: FakeBaostock;
}
type Method = "login" | "query_trade_dates" | "query_all_stock" | "query_history_k_data_plus";

const HISTORY = "query_history_k_data_plus";
const STOCKS = 40;

/** The answers to one method are spoiled, from the n-th on. */
function at(
  method: Method,
  what: string,
  fault: BaostockFault,
  doing: "fetching" | "retrying",
  from = 1,
): Trouble<BaostockWorld> {
  const faultOf = (request: { method: string; number: number }) =>
    request.method === method && request.number >= from ? fault : undefined;
  const begin = ({ fake }: BaostockWorld) => {
    fake.forget();
    fake.faultOf = faultOf;
  };
  return { what, doing, begin };
}

/** 200,000 rows, page after page. */
const ENDLESS = Array.from({ length: 200_000 }, (_, index) => [`sh.${600_000 + (index % 1_000)}`, "1", "x"]);

const TROUBLES: Trouble<BaostockWorld>[] = [
  { what: "a refused connection", doing: "retrying", begin: () => {}, env: () => ({ BAOSTOCK_PORT: "1" }) },
  at("login", "silence after the connect", { stall: 0 }, "fetching"),
  at("login", "too many logins", TOO_MANY_LOGINS, "retrying"),
  at("query_trade_dates", "silence after the login", { stall: 0 }, "fetching"),
  at(HISTORY, "silence in the middle of the walk", { stall: 0 }, "fetching", 20),
  at(HISTORY, "one byte a second", { dribbleMs: 1_000 }, "fetching"),
  at(HISTORY, "a stall at 99 % of a frame", { stall: -3 }, "fetching", 20),
  at(HISTORY, "a line that is cut in the middle of a frame", { drop: 40 }, "retrying", 20),
  at(HISTORY, "a truncated zlib", "truncated_zlib", "retrying", 20),
  at(HISTORY, "a zlib bomb", "bomb", "retrying"),
  at(HISTORY, "10 MB without an end", "endless", "retrying", 20),
  at("query_all_stock", "10 MB without an end instead of a list", "endless", "retrying"),
  at("query_all_stock", "a wrong length", "wrong_length", "retrying"),
  at("query_all_stock", "a wrong checksum", "wrong_crc", "retrying"),
  at("query_all_stock", "bytes that are no text", "bad_utf8", "retrying"),
  at("query_trade_dates", "a web page", "garbage", "retrying"),
  at(HISTORY, "half a JSON", { data: '{"record":[["2024-01-02","sh.600000"' }, "retrying", 20),
  at(HISTORY, "a record with too few fields", { records: (rows) => rows.map((row) => row.slice(1)) }, "retrying", 20),
  at(HISTORY, "rows of another stock", { records: (rows) => rows.map((row) => row.with(1, "sh.999999")) }, "retrying", 20),
  at(HISTORY, "a row twice", { records: (rows) => [...rows, ...rows] }, "retrying", 20),
  at("query_all_stock", "endless pages", { records: () => ENDLESS }, "retrying"),
  at(HISTORY, "an error for every stock", { error: ["10002007", "网络接收错误"] }, "retrying"),
];

async function open(): Promise<BaostockWorld> {
  const fake = await startFakeBaostock({ stocks: STOCKS });
  return {
    fake,
    env: { SOURCE: "baostock", BAOSTOCK_HOST: fake.host, BAOSTOCK_PORT: String(fake.port) },
    rows: STOCKS,
    heal() {
      fake.faultOf = () => undefined;
    },
    close: fake.close,
  };
}

keepsItsWord("Baostock", open, TROUBLES);
