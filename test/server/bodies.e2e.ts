import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { API_BASE } from "@/lib/contract/routes";
import { untilEnded } from "@/test/support/api-client";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { quietExchange } from "@/test/support/quiet-exchange";
import { type ServerProcess, startServer } from "@/test/support/server";

let database: FreshDatabase;
let server: ServerProcess;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startServer({ DATABASE_URL: database.url, SAMPLE_SYMBOLS: "50", CALENDAR: quietExchange().id });
});

afterAll(async () => {
  await server.end();
  await database.drop();
});

/** A request as curl writes it: no body and no length unless chunks are given, which then come without a length. */
function send(path: string, chunks: string[] = [], type?: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}${API_BASE}${path}`, { method: "POST", headers: type ? { "Content-Type": type } : {} });
    call.on("error", reject);
    call.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    if (chunks.length === 0) call.setHeader("Content-Length", 0);
    for (const chunk of chunks) call.write(chunk);
    call.end();
  });
}

test("calls without a body work as curl sends them", async () => {
  const started = await send("/sync/pending?days_back=30");
  expect(started.status).toBe(202);
  await untilEnded(server.url, (JSON.parse(started.body) as { data: { task_id: string } }).data.task_id);
  expect((await send("/sync/pending?days_back=30")).body).toBe('{"status":"success","data":null}');
  expect((await send("/check/2024-03-05")).status).toBe(200);
});

test("a body that comes in pieces is read whole, and given up at 64 kB", async () => {
  const pieces = ['{"start_date":"2024-03-05",', '"end_date":"2024-03-05"}'];
  const preview = await send("/sync/batch/preview", pieces, "application/json");
  expect(preview.status).toBe(200);
  const flood = Array.from({ length: 40 }, () => "x".repeat(4_096));
  expect((await send("/sync/batch", flood, "application/json")).status).toBe(413);
});
