import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Progress } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { type App, startApp } from "../support/app";
import { MASSIVE_KEY, startFakeMassive } from "../support/fake-massive";
import type { FakeProvider } from "../support/fake-provider";
import { startFakeTushare, TUSHARE_TOKEN } from "../support/fake-tushare";
import * as wire from "../support/wire-faults";

/** The promise is 2 s; the rest is for a machine that is busy with other things. */
const CANCELLED_WITHIN_MS = 2_000 + 2_000;
const DAY = "2024-01-02";

/** What goes wrong on the line, and what the page says of it meanwhile: the day is being fetched, or waits and says for what. */
const FAULTS: [string, wire.WireFault, NonNullable<Progress["wait"]>["code"] | "fetching"][] = [
  ["500", wire.aStatus(500, "Internal Server Error"), "retrying"],
  ["429 with seconds to wait", wire.aStatus(429, "slow down", { "Retry-After": "3" }), "rate_limited"],
  ["silence", wire.silence, "fetching"],
  ["one byte a second", wire.drip, "fetching"],
  ["a stall at 99 %", wire.stallNearTheEnd, "fetching"],
  ["a line that is cut", wire.cutLine, "retrying"],
  ["a truncated gzip", wire.truncatedGzip, "retrying"],
  ["a gzip bomb", wire.gzipBomb, "retrying"],
  ["10 MB in one line", wire.longLine, "retrying"],
  ["half a JSON", wire.halfJson, "retrying"],
];

async function tushare() {
  const fake = await startFakeTushare({ stocks: 40 });
  return { fake, env: { SOURCE: "tushare", TUSHARE_TOKEN, TUSHARE_URL: fake.url } };
}
async function massive() {
  const fake = await startFakeMassive({ tickers: 40 });
  return { fake, env: { SOURCE: "massive", MASSIVE_KEY, MASSIVE_URL: fake.url, CALENDAR: "XNYS" } };
}

describe.each([
  ["Tushare", tushare],
  ["Massive", massive],
])("a whole task of %s", (_name, open) => {
  let app: App;
  let fake: FakeProvider;
  beforeAll(async () => {
    const opened = await open();
    fake = opened.fake;
    app = await startApp({ env: opened.env });
  });
  afterAll(async () => {
    await app.stop();
    await fake.close();
  });

  test.each(FAULTS)("under %s says what it does, is cancelled within 2 s and stores nothing", async (_what, fault, doing) => {
    fake.fail(fault);
    const taskId = await app.start(DAY, DAY);
    const seen = await app.progressWhen(
      taskId,
      ({ status, phase, wait }) => isFinal(status) || (doing === "fetching" ? phase === "fetching" : wait?.code === doing),
    );
    expect(seen.status).toBe("running");
    if (doing === "fetching") await sleep(200);
    const begun = performance.now();
    await app.api(`/sync/batch/${taskId}/cancel`, { method: "POST" });
    expect((await app.settle(taskId)).status).toBe("cancelled");
    expect(performance.now() - begun).toBeLessThan(CANCELLED_WITHIN_MS);
    expect(await app.ask("SELECT (SELECT count(*)::int FROM daily_stock_data) AS rows, holder FROM sync_lease")).toEqual([
      { rows: 0, holder: null },
    ]);
    fake.heal();
  });

  test("after all of them brings the day whole", async () => {
    expect(await app.sync(DAY, DAY)).toMatchObject({ status: "completed", success: 1, failed: 0, rows: 40 });
  });
});
