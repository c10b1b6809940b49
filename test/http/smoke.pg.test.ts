import { expect, test } from "vitest";
import { startApp } from "../support/app";
test("smoke", async () => {
  const app = await startApp();
  console.log(app.databaseUrl);
  const p = await app.sync("2024-01-01", "2024-01-09");
  console.log(p);
  for (const path of ["/tasks/a%00b", "/date/0000-01-01", "/coverage?to=0001-01-01", "/console", "/list?start_date=0001-01-01&end_date=0001-02-01", "/date/0001-01-01", "/tasks?from=0000-01-01","/tasks/x/days?cursor=0000-01-01", "/today"]) {
    const r = await app.api(path);
    console.log(path, r.status, JSON.stringify(r.body).slice(0, 300));
  }
  console.log(await app.api("/sync/batch", { body: { start_date: "0000-01-01", end_date: "0000-01-02" } }));
  expect(p.success).toBe(6);
  await app.stop();
});
