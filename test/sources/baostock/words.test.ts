import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { say } from "@/server/http/language";
import { createBaostockSource } from "@/server/sources/baostock";
import { SourceError } from "@/server/sync/errors";
import {
  BLACKLISTED,
  type BaostockFault,
  type FakeBaostock,
  startFakeBaostock,
  TOO_MANY_LOGINS,
} from "../../support/fake-baostock";
import { jumpingClock, NEVER_CLOSED, unwatched } from "../harness";

let fake: FakeBaostock;
beforeEach(async () => {
  fake = await startFakeBaostock({ stocks: 3 });
});
afterEach(() => fake.close());

/** From bytes on the wire to what the operator reads. */
async function wordsOf(fault: BaostockFault, method: string): Promise<{ refusal: string; en: string; zh: string }> {
  fake.faultOf = (request) => (request.method === method ? fault : undefined);
  const { host, port } = fake;
  const source = createBaostockSource({ host, port, clock: jumpingClock(), calendar: NEVER_CLOSED, answerTimeoutMs: 1_000 });
  onTestFinished(() => source.close?.());
  try {
    await source.fetchDay("2024-01-02", unwatched);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { refusal, params } = error;
    return { refusal, en: say("en", "dayError.source_error", params), zh: say("zh-CN", "dayError.source_error", params) };
  }
  throw new Error("the day was accepted");
}

describe("what the operator reads", () => {
  test.each<[string, BaostockFault, string, string, RegExp, RegExp]>([
    ["a ban", BLACKLISTED, "login", "quota", /blocked this address: 黑名单用户 \(10001011\)/, /黑名单用户 \(10001011\)/],
    [
      "too many logins",
      TOO_MANY_LOGINS,
      "login",
      "later",
      /^Too many programs are logged in to the source from this address: 用户登录数超过上限 \(10001005\)$/,
      /^本机地址上登录数据源的程序过多：用户登录数超过上限 \(10001005\)$/,
    ],
    ["no login", "not_logged_in", "query_all_stock", "broken", /answered with an error: 用户未登录/, /用户未登录/],
    ["silence", { stall: 0 }, "query_trade_dates", "broken", /did not answer within 1 s/, /1 秒|1 s/],
    [
      "a line that drops in the middle",
      { drop: 30 },
      "query_all_stock",
      "broken",
      /stopped in the middle: 127\.0\.0\.1/,
      /127\.0\.0\.1/,
    ],
    ["a line that drops at once", { drop: 0 }, "query_all_stock", "broken", /cannot be reached: 127\.0\.0\.1/, /127\.0\.0\.1/],
    ["a wrong checksum", "wrong_crc", "query_all_stock", "broken", /does not have the form .*checksum/, /checksum/],
    ["cut zlib", "truncated_zlib", "query_history_k_data_plus", "broken", /does not have the form .*compressed/, /compressed/],
    ["a bomb", "bomb", "query_history_k_data_plus", "broken", /larger than 16 MiB, 250:1/, /16 MiB, 250:1/],
    ["an endless answer", "oversized", "query_trade_dates", "broken", /larger than 4 MiB/, /4 MiB/],
  ])("%s", async (_what, fault, method, refusal, en, zh) => {
    const words = await wordsOf(fault, method);
    expect(words.refusal).toBe(refusal);
    expect(words.en).toMatch(en);
    expect(words.zh).toMatch(zh);
    expect(words.en + words.zh).not.toMatch(/[{}]|undefined|123456/);
    expect(words.zh).not.toBe(words.en);
  });
});
