import { startFakeMassive, MASSIVE_KEY } from "../support/fake-massive";
import type { FakeProvider } from "../support/fake-provider";
import { startFakeTushare, TUSHARE_TOKEN } from "../support/fake-tushare";
import * as wire from "../support/wire-faults";
import { keepsItsWord, type Trouble, type World } from "./wire-claims";

interface JsonWorld extends World {
  fake: FakeProvider;
}

const on = (what: string, fault: wire.WireFault, doing: Trouble<JsonWorld>["doing"]): Trouble<JsonWorld> => ({
  what,
  doing,
  begin: ({ fake }) => fake.fail(fault),
});

const TROUBLES = [
  on("500", wire.aStatus(500, "Internal Server Error"), "retrying"),
  on("429 with seconds to wait", wire.aStatus(429, "slow down", { "Retry-After": "3" }), "rate_limited"),
  on("silence", wire.silence, "fetching"),
  on("one byte a second", wire.drip, "fetching"),
  on("a stall at 99 %", wire.stallNearTheEnd, "fetching"),
  on("a line that is cut", wire.cutLine, "retrying"),
  on("a truncated gzip", wire.truncatedGzip, "retrying"),
  on("a gzip bomb", wire.gzipBomb, "retrying"),
  on("10 MB in one line", wire.longLine, "retrying"),
  on("half a JSON", wire.halfJson, "retrying"),
];

const worldOf = (fake: FakeProvider, env: Record<string, string>): JsonWorld => ({
  fake,
  env,
  rows: 40,
  heal: fake.heal,
  close: fake.close,
});

async function tushare(): Promise<JsonWorld> {
  const fake = await startFakeTushare({ stocks: 40 });
  return worldOf(fake, { SOURCE: "tushare", TUSHARE_TOKEN, TUSHARE_URL: fake.url });
}

async function massive(): Promise<JsonWorld> {
  const fake = await startFakeMassive({ tickers: 40 });
  return worldOf(fake, { SOURCE: "massive", MASSIVE_KEY, MASSIVE_URL: fake.url, CALENDAR: "XNYS" });
}

keepsItsWord("Tushare", tushare, TROUBLES);
keepsItsWord("Massive", massive, TROUBLES);
