import { afterAll, beforeAll, expect, test } from "vitest";
import { API_BASE } from "@/lib/contract/routes";
import { type App, startApp } from "../support/app";
import { freshDatabase, type FreshDatabase } from "../support/postgres";
import { startPostgresProxy } from "../support/postgres-proxy";

let database: FreshDatabase;
let proxy: Awaited<ReturnType<typeof startPostgresProxy>>;
let app: App;
beforeAll(async () => {
  database = await freshDatabase();
  proxy = await startPostgresProxy(database.url);
  app = await startApp({ databaseUrl: proxy.url });
  proxy.cut();
});
afterAll(async () => {
  await app.stop();
  await proxy.close();
  await database.drop();
});

/** A body that passes the checks of the route; what is not named here needs none. */
const BODIES: Record<string, object> = {
  "POST /sync/batch": { start_date: "2024-01-02", end_date: "2024-01-05" },
  "POST /sync/batch/preview": { start_date: "2024-01-02", end_date: "2024-01-05" },
  "POST /verify": { start_date: "2024-01-02", end_date: "2024-01-05" },
  "POST /source/test": { day: "2024-01-02" },
  "PATCH /queue/:taskId": { priority: 9 },
  "PUT /schedules/:id": { enabled: true },
};
const PARAMS: Record<string, string> = { ":day": "2024-01-02", ":taskId": "2024-01-02_2024-01-05_1", ":id": "fill_missing" };
/** What answers from memory or says what it knows. */
const WITHOUT_DATABASE = new Set<string>(["GET /settings", "GET /source"]);

const routes = () =>
  app.http.routes
    .filter(({ method, path }) => method !== "ALL" && path.startsWith(`${API_BASE}/`))
    .map(({ method, path }) => `${method} ${path.slice(API_BASE.length)}`);

test("every route of the app is known here, so that a new one cannot be forgotten", () => {
  expect(routes().length).toBeGreaterThan(30);
  for (const named of [...Object.keys(BODIES), ...WITHOUT_DATABASE]) expect(routes()).toContain(named);
  const params = routes().flatMap((route) => route.match(/:\w+/g) ?? []);
  expect(params.filter((param) => !(param in PARAMS))).toEqual([]);
});

test("while the database is away every route says so with 503 and when to ask again, or needs no database", async () => {
  const answers = await Promise.all(
    routes().map(async (route) => {
      const [method = "", path = ""] = route.split(" ");
      const filled = path.replace(/:\w+/g, (param) => PARAMS[param] ?? param);
      const body = BODIES[route];
      const { status, headers } = await app.http.request(API_BASE + filled, {
        method,
        ...(body ? { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } } : {}),
      });
      return { route, status, retryAfter: headers.get("retry-after") };
    }),
  );
  const wrong = answers.filter(({ route, status, retryAfter }) =>
    WITHOUT_DATABASE.has(route) ? status !== 200 : status !== 503 || !/^[1-9]\d*$/.test(retryAfter ?? ""),
  );
  expect(wrong).toEqual([]);
});

test("the process lives and says that it is not ready, and why; both end by themselves", async () => {
  expect((await app.api("/healthz")).status).toBe(200);
  await expect
    .poll(async () => app.api("/readyz"))
    .toMatchObject({
      status: 503,
      body: { status: "not_ready", why: "the database does not answer" },
    });
  proxy.restore();
  await expect.poll(async () => (await app.api("/readyz")).status).toBe(200);
  expect((await app.api("/tasks")).status).toBe(200);
});

test("a line that is dead without a word is 503 too, and not for ever", { timeout: 60_000 }, async () => {
  proxy.blackhole();
  const [tasks, start] = await Promise.all([app.api("/tasks"), app.api("/sync/date/2024-01-02", { method: "POST" })]);
  expect([tasks.status, start.status]).toEqual([503, 503]);
  expect((await app.api("/readyz")).status).toBe(503);
  proxy.restore();
  await expect.poll(async () => (await app.api("/readyz")).status).toBe(200);
  expect((await app.api("/tasks")).status).toBe(200);
});
