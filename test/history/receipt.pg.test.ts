import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import { API_BASE } from "@/lib/contract/routes";
import { eachDay } from "@/lib/contract/day";
import { type App, startApp } from "../support/app";

let app: App;
let taskId: string;
beforeAll(async () => {
  app = await startApp({ env: { SAMPLE_FAIL_DAYS: "2024-01-03,2024-01-05", OPERATOR_NAME: "night shift" } });
  taskId = await app.start("2024-01-01", "2024-01-07", { force: true });
  await app.settle(taskId);
});
afterAll(() => app.stop());

const receipt = async (ending: string, headers: Record<string, string> = {}) =>
  app.http.request(`${API_BASE}/tasks/${taskId}/receipt.${ending}`, { headers });
const linesOf = (text: string) => parse(text, { columns: true, record_delimiter: "\r\n" }) as unknown as Record<string, string>[];

test("the JSON receipt says who asked for what, what came of every day, and compares it with the plan", async () => {
  const response = await receipt("json", { "accept-language": "en" });
  expect(response.headers.get("content-disposition")).toBe(`attachment; filename="dayfill_${taskId}.json"`);
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  const told = (await response.json()) as Record<string, unknown>;
  expect(told).toMatchObject({
    receipt_version: 1,
    task: { task_id: taskId, task_type: "web_batch", status: "completed", started_by: "night shift", source: "sample" },
    options: { force: true, accept_incomplete: false, order: "asc", days: null },
    counts: { total: 7, fetch_days: 4, success: 2, failed: 2, skipped: 3, rows: 100 },
    predicted: { fetch_days: 4 },
    actual: { fetched_days: 4, rows: 100 },
    activity: [{ action: "started", by: "night shift" }],
    plan: { fetch: { missing: 4 }, skip: { holiday: 1, weekend: 2 } },
    errors: [
      { code: "source_error", days: ["2024-01-03", "2024-01-05"], message: "This day is set to fail by SAMPLE_FAIL_DAYS" },
    ],
  });
  expect((told["days"] as { date: string }[]).map((day) => day.date)).toEqual(eachDay("2024-01-01", "2024-01-07"));
});

test("the checksum of a day in the receipt is that of the ledger, and a failed day has none", async () => {
  const told = (await (await receipt("json")).json()) as { days: { date: string; checksum: string | null }[] };
  const sums = Object.fromEntries(told.days.map((day) => [day.date, day.checksum]));
  const ledger = await app.ask("SELECT date::text, checksum FROM sync_day WHERE state <> 'failed' ORDER BY date");
  expect(ledger).toHaveLength(2);
  for (const { date, checksum } of ledger) expect(sums[String(date)]).toBe(checksum);
  expect(sums["2024-01-03"]).toBeNull();
});

test("the CSV receipt has a header and one record a day, in the language asked for", async () => {
  const response = await receipt("csv?lang=en");
  expect(response.headers.get("content-disposition")).toBe(`attachment; filename="dayfill_${taskId}.csv"`);
  const lines = linesOf(await response.text());
  expect(lines.map((line) => line["date"])).toEqual(eachDay("2024-01-01", "2024-01-07"));
  expect(lines[1]).toMatchObject({ task_id: taskId, plan_action: "fetch", status: "success", rows: "50", error: "" });
  expect(lines[2]).toMatchObject({ error_code: "source_error", error: "This day is set to fail by SAMPLE_FAIL_DAYS" });
  expect(linesOf(await (await receipt("csv")).text())[2]?.["error"]).not.toBe(lines[2]?.["error"]);
});

test("what a source says of itself is no formula in the receipt", async () => {
  const forged = JSON.stringify({ code: "source_error", params: { kind: "other", detail: "x" } });
  await app.ask(
    `SET session_replication_role = replica; UPDATE sync_task_day SET source = '=cmd|calc', error = '${forged}' WHERE date = '2024-01-05'`,
  );
  expect(linesOf(await (await receipt("csv")).text())[4]?.["source"]).toBe("'=cmd|calc");
});

test("a receipt of 13,000 days comes whole and in order", async () => {
  const id = "2000-01-01_2035-08-05_1";
  await app.ask(
    `INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, total, options, source, fingerprint)
     VALUES ('${id}', 'web_batch', 'completed', '2000-01-01', '2035-08-04', 13000, 13000, '{"order": "asc"}', 'files', 'x')`,
  );
  await app.ask(
    `INSERT INTO sync_task_day (task_id, date, position, plan_action, plan_reason)
     SELECT '${id}', date '2000-01-01' + n, n, 'fetch', 'missing' FROM generate_series(0, 12999) n`,
  );
  const days = (lines: { date?: string }[]) => [lines.length, lines[0]?.date, lines[12_999]?.date];
  const csv = await app.http.request(`${API_BASE}/tasks/${id}/receipt.csv`);
  expect(days(linesOf(await csv.text()))).toEqual([13_000, "2000-01-01", "2035-08-04"]);
  const json = await app.http.request(`${API_BASE}/tasks/${id}/receipt.json`);
  expect(days(((await json.json()) as { days: { date: string }[] }).days)).toEqual([13_000, "2000-01-01", "2035-08-04"]);
});

test("a task that is not there has no receipt, and a language that is not spoken is refused", async () => {
  expect((await app.api("/tasks/nobody/receipt.json")).status).toBe(404);
  expect((await app.api(`/tasks/${taskId}/receipt.csv?lang=fr`)).body.code).toBe("invalid_field");
});
