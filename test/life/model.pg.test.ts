import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, startApp } from "../support/app";
import { type Ask, askOf } from "../support/ask";
import { makeDisk } from "../support/full-disk";
import { recordHistory } from "../support/task-history";
import { aDeed } from "./deeds";
import { liveThrough } from "./model";

const SYMBOLS = 4;
const env = { SAMPLE_SYMBOLS: String(SYMBOLS), SAMPLE_DAY_MS: "20", LEASE_TTL_MS: "6000" };

let home: App;
let apps: App[];
let watcher: Client;
const ask: Ask = (sql) => askOf(watcher)(sql);
const another = () => startApp({ env, databaseUrl: home.databaseUrl });
beforeAll(async () => {
  home = await startApp({ env });
  apps = [home, await another(), await another()];
  watcher = new Client({ connectionString: home.databaseUrl });
  await watcher.connect();
  await recordHistory(ask);
  await makeDisk(ask);
});
afterAll(async () => {
  await watcher.end();
  for (const app of apps.toReversed()) await app.stop();
});

test("1,000 random commands over three instances: only legal steps, never two at work, nothing stuck", {
  timeout: 600_000,
}, async () => {
  await liveThrough({
    ask,
    api: (at) => (apps[at] as App).api,
    async mishap(deed) {
      if (deed.do === "rob") {
        // As if the holder had died: nobody renews, and it may write nothing more.
        await ask("UPDATE sync_lease SET expires_at = clock_timestamp(), holder = gen_random_uuid() WHERE holder IS NOT NULL");
        return;
      }
      await apps[deed.at]?.stop();
      apps[deed.at] = await another();
    },
    aDeed,
    stretches: 5,
    deedsEach: 200,
    stuckAfterMs: 30_000,
    symbols: SYMBOLS,
    hasDisk: true,
  });
  const isNews = ({ level, message }: { level: string; message: string }) =>
    level === "error" && message !== "no room left in the database, the task pauses";
  const errors = apps.flatMap((app) => app.log.lines).filter(isNews);
  expect(errors).toEqual([]);
});
