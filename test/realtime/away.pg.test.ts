import { expect, test } from "vitest";
import { freshDatabase } from "../support/postgres";
import { startPostgresProxy } from "../support/postgres-proxy";
import { serveApp, watch } from "../support/served-app";

test("watchers are told when the database goes away and when it is back", async () => {
  const database = await freshDatabase();
  const proxy = await startPostgresProxy(database.url);
  const app = await serveApp({ databaseUrl: proxy.url });
  const watcher = await watch(app.url);
  await watcher.stateWhen((state) => state.database.ok);
  proxy.cut();
  const away = await watcher.stateWhen((state) => !state.database.ok);
  expect(away.database).toEqual({ ok: false, since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/) });
  proxy.restore();
  const back = await watcher.stateWhen((state) => state.seq > away.seq && state.database.ok);
  expect(back.boot_id).toBe(away.boot_id);
  watcher.close();
  await app.stop();
  await proxy.close();
  await database.drop();
});
