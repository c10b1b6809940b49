import { expect, test } from "vitest";
import type { SourceRefusal } from "@/server/sync/errors";
import { tushareSays } from "../../support/fake-tushare";
import { createFakeClock, NOON_MS } from "../../support/clock";
import { FILE_DAY, unwatched } from "../harness";
import { refused, sentences, tushareWith } from "../providers";

const DETAILS = "权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。";
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Expected {
  refusal: SourceRefusal;
  kind: string;
  waitMs: number | null;
  en: RegExp;
  zh: RegExp;
}

/** At noon in Shanghai. */
test.each<[string, number, string, Expected]>([
  [
    "calls a minute",
    40203,
    `抱歉，您每分钟最多访问该接口200次，${DETAILS}`,
    {
      refusal: "rate",
      kind: "rate",
      waitMs: MINUTE_MS,
      en: /^The source asks for a pause: 抱歉，您每分钟最多访问该接口200次/,
      zh: /^数据源要求放慢请求：/,
    },
  ],
  [
    "calls an hour",
    40203,
    `抱歉，您每小时最多访问该接口1次，${DETAILS}`,
    {
      refusal: "quota",
      kind: "quota",
      waitMs: HOUR_MS,
      en: /^The allowance of the source is used up: 抱歉/,
      zh: /^数据源的调用额度已用完：/,
    },
  ],
  [
    "calls a day",
    40203,
    `抱歉，您每天最多访问该接口5次，${DETAILS}`,
    {
      refusal: "quota",
      kind: "quota",
      waitMs: 12 * HOUR_MS,
      en: /^The allowance of the source is used up: 抱歉/,
      zh: /^数据源的调用额度已用完：/,
    },
  ],
  [
    "calls a minute, in its newer words",
    40203,
    `抱歉，您访问接口(daily)频率超限(400次/分钟)，具体频次详情：https://tushare.pro/document/1?doc_id=108。`,
    {
      refusal: "rate",
      kind: "rate",
      waitMs: MINUTE_MS,
      en: /^The source asks for a pause: 抱歉/,
      zh: /^数据源要求放慢请求：抱歉/,
    },
  ],
  [
    "calls an hour, in its newer words",
    40203,
    `抱歉，您访问接口(daily_basic)频率超限(1次/小时)，具体频次详情：https://tushare.pro/document/1?doc_id=108。`,
    {
      refusal: "quota",
      kind: "quota",
      waitMs: HOUR_MS,
      en: /allowance of the source is used up/,
      zh: /^数据源的调用额度已用完：/,
    },
  ],
  [
    "calls a day, in its newer words",
    40203,
    `抱歉，您访问接口(daily)频率超限(5次/天)，具体频次详情：https://tushare.pro/document/1?doc_id=108。`,
    {
      refusal: "quota",
      kind: "quota",
      waitMs: 12 * HOUR_MS,
      en: /allowance of the source is used up/,
      zh: /^数据源的调用额度已用完：/,
    },
  ],
  [
    "no right to an interface with a long name",
    40203,
    `抱歉，您没有接口(daily_basic_of_a_market)访问权限，${DETAILS}`,
    {
      refusal: "plan",
      kind: "plan",
      waitMs: null,
      en: /^These credentials do not give a right/,
      zh: /^当前凭据没有获取这些数据的权限：/,
    },
  ],
  [
    "no right",
    40203,
    `抱歉，您没有接口访问权限，${DETAILS}`,
    {
      refusal: "plan",
      kind: "plan",
      waitMs: null,
      en: /^These credentials do not give a right to this data: 抱歉，您没有/,
      zh: /^当前凭据没有获取这些数据的权限：/,
    },
  ],
  [
    "a wrong token",
    40101,
    "您的token不对，请确认。",
    { refusal: "auth", kind: "auth", waitMs: null, en: /check TUSHARE_TOKEN\): 您的token不对/, zh: /请检查 TUSHARE_TOKEN/ },
  ],
  [
    "too many addresses",
    40204,
    "您的IP数量超限，最大数量为2个！",
    {
      refusal: "quota",
      kind: "quota",
      waitMs: HOUR_MS,
      en: /^The allowance of the source is used up: 您的IP数量超限/,
      zh: /额度已用完：您的IP/,
    },
  ],
  [
    "anything else",
    50101,
    "系统内部错误",
    {
      refusal: "broken",
      kind: "other",
      waitMs: null,
      en: /^The source answered with an error: 系统内部错误 \(50101\)$/,
      zh: /^数据源返回错误：系统内部错误/,
    },
  ],
])("%s", async (_what, code, msg, { en, zh, kind, ...expected }) => {
  const { fake, source } = await tushareWith({}, { clock: createFakeClock(NOON_MS) });
  fake.fail(tushareSays(code, msg));
  const error = await refused(source);
  expect(error).toMatchObject({ ...expected, params: { kind } });
  expect(sentences(error).en).toMatch(en);
  expect(sentences(error).zh).toMatch(zh);
});

test("a used up allowance is not knocked at again before its time, and then it is", async () => {
  const clock = createFakeClock(NOON_MS);
  const { fake, source } = await tushareWith({}, { clock });
  fake.fail(tushareSays(40203, `抱歉，您每天最多访问该接口5次，${DETAILS}`), { times: 1 });
  await refused(source);
  await clock.advance(11 * HOUR_MS);
  expect(await refused(source)).toMatchObject({ refusal: "quota", waitMs: HOUR_MS, params: { kind: "quota" } });
  expect(fake.callsOf("daily")).toHaveLength(1);
  await clock.advance(HOUR_MS);
  expect(await source.fetchDay(FILE_DAY, unwatched)).toMatchObject({ kind: "rows" });
});
