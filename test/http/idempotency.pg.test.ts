import { afterEach, beforeEach, expect, test } from "vitest";
import type { Started } from "@/lib/contract/routes";
import { type App, startApp } from "../support/app";
import { createNoonClock } from "../support/noon-clock";

let app: App;
let other: App;
beforeEach(async () => {
  // Something is missing in each week, also where the exchange is closed for all of it.
  const clock = createNoonClock();
  const env = { SAMPLE_DAY_MS: "200", SAMPLE_SYMBOLS: "5", CALENDAR_OPEN: clock.today };
  app = await startApp({ env, clock });
  other = await startApp({ env, clock, databaseUrl: app.databaseUrl });
});
afterEach(async () => {
  await other.stop();
  await app.stop();
});

const range = (start_date: string, end_date: string, more: object = {}) => ({ start_date, end_date, ...more });
const keyed = (at: App, key: string, body: object, headers: Record<string, string> = {}) =>
  at.api<Started>("/sync/batch", { body, headers: { "Idempotency-Key": key, ...headers } });

test("the same request under one key gets the same reply: while it runs, when it is over, and from another instance", async () => {
  const body = range("2024-01-02", "2024-01-04");
  const first = await keyed(app, "night-1", body);
  expect(first.status).toBe(202);
  const running = await keyed(app, "night-1", body);
  await app.settle(first.body.data.task_id);
  const over = await keyed(other, " night-1 ", { end_date: body.end_date, start_date: body.start_date, force: false });
  for (const reply of [running, over]) expect([reply.status, reply.body]).toEqual([202, first.body]);
  expect(await app.ask("SELECT count(*)::int AS tasks FROM sync_task")).toEqual([{ tasks: 1 }]);
});

test("a queued start is replayed with the words it had then, also when it runs by now", async () => {
  const running = await app.start("2024-01-02", "2024-01-31");
  const body = range("2024-02-01", "2024-02-01", { if_busy: "queue" });
  const first = await keyed(app, "q", body);
  expect(await keyed(other, "q", body)).toMatchObject({ status: 202, body: first.body });
  await app.api(`/sync/batch/${running}/cancel`, { method: "POST" });
  await app.settle(first.body.data.task_id);
  expect((await keyed(app, "q", body)).body).toEqual(first.body);
});

test("another body under the same key is 422 in both languages and starts nothing", async () => {
  const first = await keyed(app, "k", range("2024-01-02", "2024-01-02"));
  await app.settle(first.body.data.task_id);
  for (const body of [range("2024-01-02", "2024-01-03"), range("2024-01-02", "2024-01-02", { force: true })]) {
    const reply = await keyed(other, "k", body, { "Accept-Language": "en" });
    expect([reply.status, reply.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect(reply.body.message).toBe("The Idempotency-Key was used within the last 24 hours for another request");
  }
  expect((await keyed(app, "k", range("2024-01-05", "2024-01-05"))).body.message).toMatch(/[\u4e00-\u9fff]/);
  const elsewhere = await app.api("/sync/date/2024-01-02", { method: "POST", headers: { "Idempotency-Key": "k" } });
  expect(elsewhere.status).toBe(422);
  expect(await app.ask("SELECT count(*)::int AS tasks FROM sync_task")).toEqual([{ tasks: 1 }]);
});

test("of forty parallel calls over two instances one task comes, and forty equal replies", async () => {
  const body = range("2024-01-02", "2024-01-03", { if_busy: "queue" });
  const replies = await Promise.all(Array.from({ length: 40 }, (_, turn) => keyed(turn % 2 ? app : other, "same", body)));
  expect(new Set(replies.map((reply) => JSON.stringify([reply.status, reply.body]))).size).toBe(1);
  expect(replies[0]?.status).toBe(202);
  expect(await app.ask("SELECT count(*)::int AS tasks FROM sync_task")).toEqual([{ tasks: 1 }]);
});

test("the starts without a body know it too: the same words are the same request, whatever is missing by now", async () => {
  const call = { method: "POST" as const, headers: { "Idempotency-Key": "cron" } };
  const first = await app.api<Started>("/sync/pending?days_back=20", call);
  expect(first.status).toBe(202);
  await app.progressWhen(first.body.data.task_id, ({ success }) => success >= 2);
  expect(await other.api("/sync/pending?days_back=20", call)).toMatchObject({ status: 202, body: first.body });
  expect((await other.api("/sync/pending?days_back=19", call)).status).toBe(422);
});

test("a keyed start of what is missing is replayed when nothing is missing any more; one that started nothing keeps no key", async () => {
  const pending = { method: "POST" as const, headers: { "Idempotency-Key": "gaps" } };
  const first = await app.api<Started>("/sync/pending?days_back=6", pending);
  expect(first.status).toBe(202);
  await app.settle(first.body.data.task_id);
  expect((await app.api("/sync/pending?days_back=6", { method: "POST" })).body).toEqual({ status: "success", data: null });
  for (const at of [app, other]) {
    const again = await at.api("/sync/pending?days_back=6", pending);
    expect([again.status, again.body]).toEqual([202, first.body]);
  }
  expect((await app.api("/sync/pending?days_back=5", pending)).status).toBe(422);

  const nothing = { method: "POST" as const, headers: { "Idempotency-Key": "nothing" } };
  expect((await app.api("/sync/pending?days_back=6", nothing)).body).toEqual({ status: "success", data: null });
  await app.ask("DELETE FROM sync_day; DELETE FROM daily_stock_data");
  expect((await app.api("/sync/pending?days_back=6", nothing)).status).toBe(202);
});

test("running a schedule under a key is replayed likewise", async () => {
  const run = { method: "POST" as const, headers: { "Idempotency-Key": "fill" } };
  const first = await app.api<Started>("/schedules/fill_missing/run", run);
  expect(first.status).toBe(202);
  await app.progressWhen(first.body.data.task_id, ({ success }) => success >= 1);
  expect(await other.api("/schedules/fill_missing/run", run)).toMatchObject({ status: 202, body: first.body });
  await app.settle(first.body.data.task_id);
  expect(await other.api("/schedules/fill_missing/run", run)).toMatchObject({ status: 202, body: first.body });
});

test("if_busy: two instances, one runs and the other waits its turn", async () => {
  const one = await app.start("2024-01-02", "2024-01-03");
  const two = await other.start("2024-01-04", "2024-01-04", { if_busy: "queue" });
  const refused = await other.api("/sync/batch", { body: range("2024-01-05", "2024-01-05") });
  expect(refused).toMatchObject({ status: 409, body: { current_task: { task_id: one } } });
  expect(await other.settle(two)).toMatchObject({ status: "completed" });
  expect(await app.settle(one)).toMatchObject({ status: "completed" });
});
