import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type BaostockClient, type ClientOptions, createBaostockClient, type Question } from "@/server/sources/baostock/client";
import { SourceError } from "@/server/sync/errors";
import {
  BLACKLISTED,
  type BaostockFault,
  type FakeBaostock,
  startFakeBaostock,
  TOO_MANY_LOGINS,
} from "../../support/fake-baostock";
import { jumpingClock } from "../harness";

const DAY = "2024-01-02";
const LIST: Question = { type: "35", answerType: "36", fields: ["query_all_stock", "anonymous", 1, 10_000, DAY] };
const never = new AbortController().signal;

let fake: FakeBaostock;
beforeEach(async () => {
  fake = await startFakeBaostock({ stocks: 4 });
});
afterEach(() => fake.close());

function clientOf(over: Partial<ClientOptions> = {}): BaostockClient {
  const { host, port } = fake;
  const options = {
    host,
    port,
    connectTimeoutMs: 5_000,
    answerTimeoutMs: 5_000,
    idleMs: 60_000,
    clock: jumpingClock(),
    ...over,
  };
  const client = createBaostockClient(options);
  onTestFinished(() => client.close());
  return client;
}

/** Spoils the first answers to lists. */
const spoil = (fault: BaostockFault, times = 1, method = "query_all_stock") => {
  fake.faultOf = (request) => (request.method === method && request.number <= times ? fault : undefined);
};

async function refusalOf(client: BaostockClient): Promise<Record<string, unknown>> {
  try {
    await client.ask(LIST, never);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { refusal: error.refusal, retry: error.retry, waitMs: error.waitMs, ...error.params };
  }
  throw new Error("it was answered");
}

describe("one line", () => {
  test("is opened and logged in once for many questions, asked by many at the same time, one after the other", async () => {
    const client = clientOf();
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.ask(LIST, never)));
    expect(answers.every((answer) => answer[0] === "0" && answer[6]?.includes("万 科Ａ"))).toBe(true);
    expect(fake.lines).toEqual({ open: 1, most: 1, total: 1 });
    expect(fake.requests[0]?.fields).toEqual(["login", "anonymous", "123456", "0"]);
    expect(fake.asked("login")).toBe(1);
  });

  test("is logged out and closed at the end, and after nobody used it for a while", async () => {
    const client = clientOf({ idleMs: 20 });
    await client.ask(LIST, never);
    while (fake.lines.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(fake.asked("logout")).toBe(1);
    await client.ask(LIST, never);
    await client.close();
    expect(fake.asked("logout")).toBe(2);
    expect(fake.lines.most).toBe(1);
  });

  test("logs in again where the server has forgotten it, and asks again", async () => {
    const client = clientOf();
    await client.ask(LIST, never);
    fake.faultOf = ({ method, number }) => (method === "query_all_stock" && number === 2 ? "not_logged_in" : undefined);
    expect((await client.ask(LIST, never))[0]).toBe("0");
    expect(fake.requests.map(({ method }) => method)).toEqual([
      "login",
      "query_all_stock",
      "query_all_stock",
      "login",
      "query_all_stock",
    ]);
    expect(fake.lines.total).toBe(1);
  });

  test("that drops, at whatever byte, is replaced once: connect, log in, ask again", async () => {
    const client = clientOf();
    const whole = (await client.ask(LIST, never)).join("\x01");
    for (const bytes of [0, 1, 20, 21, 60, 200]) {
      fake.forget();
      spoil({ drop: bytes });
      expect((await client.ask(LIST, never)).join("\x01")).toBe(whole);
      expect(fake.asked("query_all_stock")).toBe(2);
    }
    expect(fake.lines.most).toBe(1);
  });

  test("that drops again is a fault of the source, worth another attempt later", async () => {
    spoil({ drop: 30 }, 9);
    expect(await refusalOf(clientOf())).toMatchObject({ refusal: "broken", kind: "stalled", retry: true });
    expect(fake.asked("query_all_stock")).toBe(2);
  });

  test("that drops while it logs in is replaced too", async () => {
    spoil({ drop: 5 }, 1, "login");
    expect((await clientOf().ask(LIST, never))[0]).toBe("0");
  });
});

describe("an answer that cannot be used", () => {
  test.each<[string, BaostockFault]>([
    ["a wrong checksum", "wrong_crc"],
    ["a wrong length", "wrong_length"],
    ["a web page", "garbage"],
    ["bytes that are no text", "bad_utf8"],
  ])("%s is told as such, and the line is not used again", async (_what, fault) => {
    spoil(fault);
    const client = clientOf({ answerTimeoutMs: 2_000 });
    expect(await refusalOf(client)).toMatchObject({ refusal: "broken", kind: "protocol", retry: true });
    expect((await client.ask(LIST, never))[0]).toBe("0");
    expect(fake.lines).toMatchObject({ most: 1, total: 2 });
  });

  test("one too large is not read to its end", async () => {
    spoil("oversized");
    expect(await refusalOf(clientOf())).toMatchObject({ refusal: "broken", kind: "too_large" });
  });

  test.each<[string, BaostockFault]>([
    ["silence", { stall: 0 }],
    ["a stall in the middle", { stall: 40 }],
    ["a byte now and then", { dribbleMs: 50 }],
  ])("%s ends by the deadline of the answer", async (_what, fault) => {
    spoil(fault, 9);
    expect(await refusalOf(clientOf({ answerTimeoutMs: 1_500 }))).toMatchObject({ kind: "no_answer", seconds: 1.5 });
    expect(fake.asked("query_all_stock")).toBe(1);
  });

  test("a slow one within the deadline is fine", async () => {
    spoil({ afterMs: 100 });
    expect((await clientOf().ask(LIST, never))[0]).toBe("0");
  });
});

describe("the server refuses", () => {
  test("a blacklisted address: a ban for a day, in its own words, and the line is let go", async () => {
    spoil(BLACKLISTED, 9);
    const refusal = await refusalOf(clientOf());
    expect(refusal).toMatchObject({ refusal: "quota", kind: "banned", waitMs: 86_400_000, detail: "黑名单用户 (10001011)" });
    while (fake.lines.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test("a login on a blacklist is a ban too", async () => {
    spoil(BLACKLISTED, 9, "login");
    expect(await refusalOf(clientOf())).toMatchObject({ refusal: "quota", kind: "banned" });
    expect(fake.asked("login")).toBe(1);
  });

  test("too many logins: later, and no word on the day", async () => {
    spoil(TOO_MANY_LOGINS, 9, "login");
    expect(await refusalOf(clientOf())).toMatchObject({ refusal: "later", kind: "too_many_logins" });
  });

  test("one who stays unknown after a second login is not logged in for ever", async () => {
    spoil("not_logged_in", 9);
    expect(await refusalOf(clientOf())).toMatchObject({ refusal: "broken", kind: "other", detail: "用户未登录 (10001001)" });
    expect(fake.asked("login")).toBe(2);
  });

  test("anything else in its own words", async () => {
    spoil({ error: ["10004020", "参数错误"] });
    expect(await refusalOf(clientOf())).toMatchObject({ refusal: "broken", kind: "other", detail: "参数错误 (10004020)" });
  });
});

describe("a server that is not there", () => {
  test("says so at once, by its name", async () => {
    await fake.close();
    expect(await refusalOf(clientOf())).toMatchObject({
      refusal: "broken",
      kind: "unreachable",
      detail: expect.stringContaining(`127.0.0.1:${fake.port}`),
    });
  });

  test("one that takes the line and says nothing ends by the deadline", async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void mute.close());
    const { port } = mute.address() as { port: number };
    expect(await refusalOf(clientOf({ port, answerTimeoutMs: 100 }))).toMatchObject({ kind: "no_answer" });
  });
});

describe("an abort", () => {
  test.each<[string, BaostockFault | undefined]>([
    ["while the answer is awaited", { stall: 0 }],
    ["in the middle of the answer", { stall: 30 }],
  ])("%s rejects with its reason and closes the line at once; the next question has a new one", async (_what, fault) => {
    if (fault) spoil(fault);
    const client = clientOf();
    const abort = new AbortController();
    const reason = new Error("cancelled");
    const asked = client.ask(LIST, abort.signal);
    while (fake.asked("query_all_stock") === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort(reason);
    await expect(asked).rejects.toBe(reason);
    while (fake.lines.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await client.ask(LIST, never))[0]).toBe("0");
  });

  test("of one who stands in line lets the others be", async () => {
    const client = clientOf();
    const abort = new AbortController();
    const [first, second, third] = [client.ask(LIST, never), client.ask(LIST, abort.signal), client.ask(LIST, never)];
    abort.abort(new Error("gone"));
    await expect(second).rejects.toThrow("gone");
    expect((await first)[0]).toBe("0");
    expect((await third)[0]).toBe("0");
    expect(fake.asked("query_all_stock")).toBe(2);
  });
});
