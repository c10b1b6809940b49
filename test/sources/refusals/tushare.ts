import { type FakeTushare, startFakeTushare, TUSHARE_TOKEN, tushareSays } from "../../support/fake-tushare";
import { aGatewayPage } from "../../support/wire-faults";
import { ADVICE, credentials, quoted, waiting } from "./advice";
import { type CaseOf, providerOf, type World } from "./case";
import { halfSuccesses } from "./half-success";

const STOCKS = 20;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MORE = "权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。";

interface TushareWorld extends World {
  fake: FakeTushare;
}

const saying =
  (code: number, msg: string) =>
  ({ fake }: TushareWorld) =>
    fake.fail(tushareSays(code, msg));

const rate = (what: string, msg: string): CaseOf<"rate", TushareWorld> => ({
  what,
  guide: "每分钟最多访问 N 次, 频率超限(N次/分钟)",
  begin: saying(40203, msg),
  waitMs: MINUTE_MS,
  says: quoted("The source asks for a pause", "数据源要求放慢请求", `${msg} (40203)`),
  advice: waiting(1),
});

/** At noon in Shanghai. */
const quota = (
  what: string,
  [code, msg]: readonly [number, string],
  forMs: number,
  guide: string,
): CaseOf<"quota", TushareWorld> => ({
  what,
  guide,
  begin: saying(code, msg),
  reason: "quota",
  forMs,
  said: `${msg} (${code})`,
  calls: 1,
  says: quoted("The allowance of the source is used up", "数据源的调用额度已用完", `${msg} (${code})`),
  advice: waiting(forMs / MINUTE_MS),
});

const A_DAY = "每天最多 N 次, 频率超限(N次/天)";
const AN_HOUR = "每小时最多 N 次, 频率超限(N次/小时)";
const NO_RIGHT = `抱歉，您没有接口(daily)访问权限，${MORE}`;

export const tushare = providerOf<TushareWorld>({
  source: "tushare",
  name: "Tushare",
  calendar: "XSHG",
  guide: { document: "docs/sources.md", heading: "## Tushare" },
  secrets: [TUSHARE_TOKEN],
  async open() {
    const fake = await startFakeTushare({ stocks: STOCKS });
    return {
      fake,
      env: { SOURCE: "tushare", TUSHARE_TOKEN, TUSHARE_URL: fake.url },
      rows: STOCKS,
      asked: () => fake.calls.length,
      placeOf: () => `${fake.url}/`,
      heal: fake.heal,
      close: fake.close,
    };
  },
  cases: {
    later: [
      {
        what: "its gateway is down",
        guide: "502, 503, 504 of its gateway",
        begin: ({ fake }) => fake.fail(aGatewayPage(502)),
        attempts: [3, 3, 3],
        calls: 9,
        notDueCalls: 1,
        todayOnceDue: "fails",
        says: quoted("The source answered HTTP 502", "数据源返回 HTTP 502", "502 Bad Gateway"),
        advice: ADVICE.again,
      },
    ],
    rate: [
      rate("calls a minute", `抱歉，您每分钟最多访问该接口200次，${MORE}`),
      rate("calls a minute, in its newer words", "抱歉，您访问接口(daily)频率超限(200次/分钟)。"),
    ],
    quota: [
      quota("calls a day", [40203, `抱歉，您每天最多访问该接口90次，${MORE}`], 12 * HOUR_MS, A_DAY),
      quota("calls an hour", [40203, `抱歉，您每小时最多访问该接口10次，${MORE}`], HOUR_MS, AN_HOUR),
      quota("too many addresses", [40204, "您的IP数量超限，最大数量为2个！"], HOUR_MS, "IP数量超限 (40204)"),
    ],
    auth: [
      {
        what: "a wrong token, which it repeats",
        guide: "token不对 (40101)",
        begin: saying(40101, `您的token不对，请确认。${TUSHARE_TOKEN}`),
        calls: 1,
        says: quoted(
          "The source does not accept the credentials (check TUSHARE_TOKEN)",
          "数据源不接受当前凭据（请检查 TUSHARE_TOKEN）",
          "您的token不对，请确认。*** (40101)",
        ),
        advice: credentials("TUSHARE_TOKEN"),
      },
    ],
    plan: [
      {
        what: "no right to daily",
        guide: "没有接口访问权限, 没有接口(daily)访问权限",
        begin: saying(40203, NO_RIGHT),
        calls: 1,
        says: quoted(
          "These credentials do not give a right to this data",
          "当前凭据没有获取这些数据的权限",
          `${NO_RIGHT} (40203)`,
        ),
        advice: ADVICE.plan,
      },
    ],
    broken: [
      {
        what: "an error of its own",
        guide: "any other error",
        begin: saying(50101, "系统内部错误"),
        attempts: [3, 3, 3],
        calls: 9,
        says: quoted("The source answered with an error", "数据源返回错误", "系统内部错误 (50101)"),
        advice: ADVICE.again,
      },
      ...halfSuccesses<TushareWorld>(
        (status) =>
          ({ fake }) =>
            fake.fail((response, body) => void response.writeHead(status).end(body)),
      ),
    ],
  },
});
