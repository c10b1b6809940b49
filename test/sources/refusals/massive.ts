import { type FakeMassive, MASSIVE_KEY, massiveSays, startFakeMassive } from "../../support/fake-massive";
import { aStatus } from "../../support/wire-faults";
import { ADVICE, credentials, quoted, waiting } from "./advice";
import { type CaseOf, providerOf, type World } from "./case";
import { halfSuccesses } from "./half-success";

const TICKERS = 20;
const SLOW_DOWN = "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue.";
const BEFORE_END = "Attempted to request today's data before end of day. Please upgrade your plan.";
const TIMEFRAME = "Your plan doesn't include this data timeframe. Please upgrade your plan.";

interface MassiveWorld extends World {
  fake: FakeMassive;
}

const rate = (what: string, waitMs: number, headers: Record<string, string>): CaseOf<"rate", MassiveWorld> => ({
  what,
  guide: "429",
  begin: ({ fake }) => fake.fail(massiveSays(429, { status: "ERROR", error: SLOW_DOWN }, headers)),
  waitMs,
  says: quoted("The source asks for a pause", "数据源要求放慢请求", SLOW_DOWN),
  advice: waiting(1),
});

export const massive = providerOf<MassiveWorld>({
  source: "massive",
  name: "Massive",
  calendar: "XNYS",
  guide: { document: "docs/sources.md", heading: "## Massive" },
  secrets: [MASSIVE_KEY],
  async open() {
    const fake = await startFakeMassive({ tickers: TICKERS });
    return {
      fake,
      env: { SOURCE: "massive", MASSIVE_KEY, MASSIVE_URL: fake.url, CALENDAR: "XNYS" },
      rows: TICKERS,
      asked: () => fake.calls.length,
      placeOf: (day) => `${fake.url}/v2/aggs/grouped/locale/us/market/stocks/${day}?adjusted=…`,
      heal: fake.heal,
      close: fake.close,
    };
  },
  cases: {
    later: [
      {
        what: "a day that has not ended",
        guide: "403 before end of day",
        begin: ({ fake }) => fake.fail(massiveSays(403, { status: "NOT_AUTHORIZED", message: BEFORE_END })),
        attempts: [3, 3, 3],
        calls: 9,
        notDueCalls: 1,
        todayOnceDue: "waits",
        says: quoted("The source does not have this day yet", "数据源还没有这一天的数据", BEFORE_END),
        advice: ADVICE.notYet,
      },
    ],
    rate: [rate("calls a minute", 60_000, {}), rate("calls a minute, with the seconds to wait", 40_000, { "Retry-After": "40" })],
    quota: "its plans count calls by the minute and days of history, and a minute is waited for",
    auth: [
      {
        what: "a wrong key, which it repeats",
        guide: "401 Unknown API Key",
        begin: ({ fake }) => fake.fail(massiveSays(401, { status: "ERROR", error: `Unknown API Key ${MASSIVE_KEY}` })),
        calls: 1,
        says: quoted(
          "The source does not accept the credentials (check MASSIVE_KEY)",
          "数据源不接受当前凭据（请检查 MASSIVE_KEY）",
          "Unknown API Key ***",
        ),
        advice: credentials("MASSIVE_KEY"),
      },
    ],
    plan: [
      {
        what: "days that the plan does not hold",
        guide: "403, NOT_AUTHORIZED",
        begin: ({ fake }) => fake.fail(massiveSays(403, { status: "NOT_AUTHORIZED", message: TIMEFRAME })),
        calls: 1,
        says: quoted("These credentials do not give a right to this data", "当前凭据没有获取这些数据的权限", TIMEFRAME),
        advice: ADVICE.plan,
      },
    ],
    broken: [
      {
        what: "an error of its own",
        guide: "500, 502, 503, 504, any other error",
        begin: ({ fake }) => fake.fail(massiveSays(500, { status: "ERROR", error: "internal error" })),
        attempts: [3, 3, 3],
        calls: 9,
        says: quoted("The source answered HTTP 500", "数据源返回 HTTP 500", "internal error"),
        advice: ADVICE.again,
      },
      {
        what: "a page of something on the way",
        guide: "a web page",
        begin: ({ fake }) => fake.fail(aStatus(200, "<html><title>Hotel login</title></html>")),
        attempts: [3, 3, 3],
        calls: 9,
        says: quoted("A web page came instead of rows", "收到的是网页而不是数据", "Hotel login"),
        advice: ADVICE.network,
      },
      ...halfSuccesses<MassiveWorld>(
        (status) =>
          ({ fake }) =>
            fake.fail((response, body) => void response.writeHead(status).end(body)),
      ),
    ],
  },
});
