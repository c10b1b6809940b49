import { describe, expect, test } from "vitest";
import type { SourceRefusal } from "@/server/sync/errors";
import * as wire from "../support/wire-faults";
import { FILE_DAY, unwatched } from "./harness";
import { massiveWith, refused, sentences, tushareWith } from "./providers";

interface Expected {
  refusal: SourceRefusal;
  kind: string;
  en: RegExp;
  zh: RegExp;
  waitMs?: number;
  retry?: boolean;
}

/** What goes wrong on the line, and what becomes of it with every provider. */
const FAULTS: [string, wire.WireFault, Expected][] = [
  [
    "500",
    wire.aStatus(500, "Internal Server Error"),
    { refusal: "broken", kind: "http_status", en: /HTTP 500: Internal Server Error/, zh: /HTTP 500/, retry: true },
  ],
  [
    "400",
    wire.aStatus(400, "no such parameter"),
    { refusal: "broken", kind: "http_status", en: /HTTP 400: no such parameter/, zh: /HTTP 400/, retry: false },
  ],
  [
    "429 with seconds to wait",
    wire.aStatus(429, "slow down", { "Retry-After": "40" }),
    { refusal: "rate", kind: "rate", en: /asks for a pause: slow down/, zh: /放慢请求：slow down/, waitMs: 40_000 },
  ],
  [
    "401",
    wire.aStatus(401, "who are you"),
    { refusal: "auth", kind: "auth", en: /does not accept the credentials \(check (TUSHARE_TOKEN|MASSIVE_KEY)\)/, zh: /凭据/ },
  ],
  [
    "silence",
    wire.silence,
    { refusal: "broken", kind: "no_answer", en: /did not answer within 1 s/, zh: /1 秒内没有响应/, retry: true },
  ],
  [
    "one byte a second",
    wire.drip,
    { refusal: "broken", kind: "stalled", en: /stopped in the middle/, zh: /中途停止/, retry: true },
  ],
  [
    "a stall at 99 %",
    wire.stallNearTheEnd,
    { refusal: "broken", kind: "stalled", en: /stopped in the middle.*\d+ \/ \d+ B/, zh: /中途停止/ },
  ],
  [
    "a line that is cut",
    wire.cutLine,
    { refusal: "broken", kind: "stalled", en: /stopped in the middle/, zh: /中途停止/, retry: true },
  ],
  [
    "a truncated gzip",
    wire.truncatedGzip,
    { refusal: "broken", kind: "truncated", en: /end too early/, zh: /不完整/, retry: true },
  ],
  ["a gzip bomb", wire.gzipBomb, { refusal: "broken", kind: "too_large", en: /larger than \d+ MiB/, zh: /超过 \d+ MiB/ }],
  [
    "10 MB in one line",
    wire.longLine,
    { refusal: "broken", kind: "protocol", en: /form this source is known for: x{300}…$/, zh: /格式不对/ },
  ],
  [
    "half a JSON",
    wire.halfJson,
    { refusal: "broken", kind: "protocol", en: /form this source is known for: \{/, zh: /格式不对/, retry: true },
  ],
  ["JSON of another shape", wire.anAnswer("[1,2]"), { refusal: "broken", kind: "protocol", en: /: \[1,2\]$/, zh: /格式不对/ }],
  ["an empty answer", wire.anAnswer(""), { refusal: "broken", kind: "protocol", en: /0 B/, zh: /格式不对/ }],
  [
    "a web page",
    wire.anAnswer("<html><title>Login</title></html>"),
    { refusal: "broken", kind: "html", en: /web page.*Login/, zh: /网页.*Login/ },
  ],
];

const PROVIDERS = [
  ["tushare", tushareWith],
  ["massive", massiveWith],
] as const;

describe.each(PROVIDERS)("%s", (name, open) => {
  test.each(FAULTS)("%s gives no rows and says so", async (_what, fault, { en, zh, kind, ...expected }) => {
    const { fake, source } = await open();
    fake.fail(fault);
    const error = await refused(source);
    expect(error).toMatchObject({ ...expected, params: { kind } });
    expect(sentences(error).en).toMatch(en);
    expect(sentences(error).zh).toMatch(zh);
  });

  test("a gateway's page is quoted by its title and tried again", async () => {
    const { fake, source } = await open();
    fake.fail(wire.aGatewayPage(502));
    const error = await refused(source);
    const refusal = name === "tushare" ? "later" : "broken";
    expect(error).toMatchObject({
      refusal,
      retry: true,
      params: { kind: "http_status", status: 502, detail: "502 Bad Gateway" },
    });
  });

  test("nobody at the address is said with the address", async () => {
    const { fake, source } = await open();
    await fake.close();
    const error = await refused(source);
    expect(error).toMatchObject({ refusal: "broken", retry: true, params: { kind: "unreachable" } });
    expect(sentences(error).en).toMatch(/^The source cannot be reached: http:\/\/127\.0\.0\.1:\d+\/.*\(ECONNREFUSED\)$/);
  });

  test("after a fault the next day comes whole", async () => {
    const { fake, source } = await open();
    fake.fail(wire.cutLine, { times: 1 });
    await refused(source);
    expect(await source.fetchDay(FILE_DAY, unwatched)).toMatchObject({ kind: "rows", rows: { length: 50 } });
  });

  test("closed, it holds no connection, and the next day opens one anew", async () => {
    const { fake, source } = await open();
    await source.fetchDay(FILE_DAY, unwatched);
    // A connection is kept for the next call until then.
    expect(fake.connections()).toBeGreaterThan(0);
    await source.close?.();
    const begun = performance.now();
    while (fake.connections() > 0) await pause();
    // Left alone, it would be kept for four seconds.
    expect(performance.now() - begun).toBeLessThan(3_500);
    expect(await source.fetchDay(FILE_DAY, unwatched)).toMatchObject({ kind: "rows", rows: { length: 50 } });
  });

  test.each([
    ["silence", wire.silence],
    ["one byte a second", wire.drip],
    ["a stall at 99 %", wire.stallNearTheEnd],
  ])("cancel during %s rejects at once and closes the connection", async (_what, fault) => {
    const { fake, source } = await open({}, { limits: {} });
    fake.fail(fault);
    const abort = new AbortController();
    const reason = new Error("cancelled");
    const fetched = source.fetchDay(FILE_DAY, { ...unwatched, signal: abort.signal });
    const over = fetched.then(
      () => null,
      (error: unknown) => error,
    );
    while (fake.connections() === 0) await pause();
    await pause(100);
    const begun = performance.now();
    abort.abort(reason);
    expect(await over).toBe(reason);
    while (fake.connections() > 0) await pause();
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

const pause = (ms = 10) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
