import {
  BLACKLISTED,
  type BaostockFault,
  type FakeBaostock,
  startFakeBaostock,
  TOO_MANY_LOGINS,
} from "../../support/fake-baostock";
import { ADVICE, quoted } from "./advice";
import { type CaseOf, providerOf, type World } from "./case";

const STOCKS = 12;
const DAY_MS = 24 * 3_600_000;
const LISTS = 3;
/** A walk is tried five times; the other days of its chunk share its failure for the next minute. */
const TRIES = 5;

interface BaostockWorld extends World {
  fake: FakeBaostock;
}

const HISTORY = "query_history_k_data_plus";
/** The answers to one question of ours go wrong, from the one of that number on. */
const failing =
  (method: string, fault: BaostockFault, from = 1) =>
  ({ fake }: BaostockWorld) => {
    fake.hangUp();
    fake.forget();
    fake.faultOf = (request) => (request.method === method && request.number >= from ? fault : undefined);
  };

const ban = (what: string, method: string, from: number, calls: number): CaseOf<"quota", BaostockWorld> => ({
  what,
  guide: "10001011 黑名单 (this address is blacklisted)",
  begin: failing(method, BLACKLISTED, from),
  reason: "banned",
  forMs: DAY_MS,
  said: "黑名单用户 (10001011)",
  calls,
  says: quoted("The source has blocked this address", "数据源封禁了本机地址", "黑名单用户 (10001011)"),
  advice: ADVICE.banned,
});

export const baostock = providerOf<BaostockWorld>({
  source: "baostock",
  name: "Baostock",
  calendar: "XSHG",
  guide: { document: "docs/sources.md", heading: "## Baostock" },
  // The account is public.
  secrets: [],
  async open() {
    const fake = await startFakeBaostock({ stocks: STOCKS });
    return {
      fake,
      env: { SOURCE: "baostock", BAOSTOCK_HOST: fake.host, BAOSTOCK_PORT: String(fake.port) },
      rows: STOCKS,
      placeOf: () => `${fake.host}:${fake.port}`,
      asked: () => fake.requests.filter(({ method }) => method !== "logout").length,
      heal() {
        fake.faultOf = () => undefined;
      },
      close: fake.close,
    };
  },
  cases: {
    later: [
      {
        what: "too many logins",
        guide: "10001005 (too many logins)",
        begin: failing("login", TOO_MANY_LOGINS),
        attempts: [1, 1, 1],
        calls: TRIES,
        notDueCalls: 5,
        todayOnceDue: "fails",
        says: quoted(
          "Too many programs are logged in to the source from this address",
          "本机地址上登录数据源的程序过多",
          "用户登录数超过上限 (10001005)",
        ),
        advice: ADVICE.oneProgram,
      },
    ],
    rate: "it answers one request after the other and has no word for too many of them but the ban",
    quota: [
      ban("a ban at the login", "login", 1, 1),
      ban("a ban at the first list of stocks", "query_all_stock", 1, 3),
      ban("a ban in the middle of the walk", HISTORY, 4, 2 + LISTS + 4),
    ],
    auth: [
      {
        what: "its public account is refused",
        guide: "10001002 (user or password wrong)",
        begin: failing("login", { error: ["10001002", "用户名或密码错误"] }),
        calls: 1,
        says: quoted(
          "The source does not accept the public account any more",
          "数据源不再接受公共账号",
          "用户名或密码错误 (10001002)",
        ),
        advice: ADVICE.newerVersion,
      },
    ],
    plan: [
      {
        what: "no right",
        guide: "10001006 权限不足 (no right)",
        begin: failing("query_all_stock", { error: ["10001006", "权限不足"] }),
        calls: 3,
        says: quoted("The public account has no right to this data", "公共账号没有获取这些数据的权限", "权限不足 (10001006)"),
        advice: ADVICE.otherSource,
      },
      {
        what: "a protocol that is too old",
        guide: "10001004 (client too old)",
        begin: failing("login", { error: ["10001004", "客户端版本过期"] }),
        calls: 1,
        says: quoted(
          "This version of Dayfill speaks an older protocol than the source asks for",
          "此版本的 Dayfill 使用的协议已过时，数据源要求更新的版本",
          "客户端版本过期 (10001004)",
        ),
        advice: ADVICE.newerVersion,
      },
    ],
    broken: [
      {
        what: "a login that it forgets again and again",
        guide: "10001001 (not logged in)",
        begin: failing("query_trade_dates", "not_logged_in"),
        attempts: [1, 1, 1],
        calls: TRIES * 4,
        says: quoted("The source answered with an error", "数据源返回错误", "用户未登录 (10001001)"),
        advice: ADVICE.again,
      },
      {
        what: "half an answer",
        guide: "nothing, half an answer, a wrong checksum",
        begin: failing("query_trade_dates", { drop: 30 }),
        attempts: [1, 1, 1],
        calls: TRIES * 4,
        says: quoted("The answer stopped in the middle", "数据源的响应中途停止", "{place}: the connection was closed"),
        advice: ADVICE.network,
      },
      {
        what: "an error of its own",
        guide: "any other error",
        begin: failing("query_trade_dates", { error: ["10004011", "系统异常"] }),
        attempts: [1, 1, 1],
        calls: TRIES * 2,
        says: quoted("The source answered with an error", "数据源返回错误", "系统异常 (10004011)"),
        advice: ADVICE.again,
      },
    ],
  },
});
