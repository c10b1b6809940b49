import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { ConsoleInfo } from "@/lib/contract/console";
import { API_BASE } from "@/lib/contract/routes";
import { instantIn } from "@/lib/contract/instant";
import { DatabaseAwayError, DiskFullError } from "@/server/sync/errors";
import { RivalError } from "@/server/sync/instances/membership";
import { dayRoutes } from "./day-routes";
import type { HttpPorts } from "./ports";
import { lifeRoutes } from "./life-routes";
import { receiptRoutes } from "./receipt-routes";
import { languageFor, Problem, problemReply, success } from "./reply";
import { scheduleRoutes } from "./schedule-routes";
import { settingsRoutes } from "./settings-routes";
import { sourceRoutes } from "./source-routes";
import { startRoutes } from "./start-routes";
import { taskRoutes } from "./task-routes";
import { verifyRoutes } from "./verify-routes";

/** Said in Retry-After while the database is away. */
const DATABASE_RETRY_SECONDS = 5;
/** Said in Retry-After while the days of an existing table are adopted. */
const ADOPTION_RETRY_SECONDS = 2;

/** True for the paths this application answers; everything else belongs to the pages. */
export function isApiPath(path: string): boolean {
  return path.startsWith("/api/") || path === "/healthz" || path === "/readyz";
}

/** The whole REST surface. One place turns refusals and surprises into replies. */
export function createApi(ports: HttpPorts): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.res.headers.set("Cache-Control", "no-store");
  });

  const sync = new Hono();
  // Before the days of an existing table are known, every plan would be wrong.
  sync.use(async (c, next) => {
    const adopting = ports.adopting();
    if (adopting && c.req.method !== "GET") {
      throw new Problem("adopting_days", { ...adopting }, { headers: { "Retry-After": String(ADOPTION_RETRY_SECONDS) } });
    }
    await next();
  });
  startRoutes(sync, ports);
  dayRoutes(sync, ports);
  taskRoutes(sync, ports);
  receiptRoutes(sync, ports);
  lifeRoutes(sync, ports);
  verifyRoutes(sync, ports);
  scheduleRoutes(sync, ports);
  settingsRoutes(sync, ports);
  sourceRoutes(sync, ports);
  sync.get("/console", async (c) => success(c, await consoleInfo(ports)));
  app.route(API_BASE, sync);

  app.get("/healthz", (c) => c.json({ status: "ok", version: ports.version }));
  app.get("/readyz", (c) => {
    const why = ports.notReady();
    return why ? c.json({ status: "not_ready", why }, 503) : c.json({ status: "ready" });
  });

  app.notFound((c) => problemReply(new Problem("not_found", { path: c.req.path }), languageFor(c)));
  app.onError((error, c) => {
    if (error instanceof Problem) return problemReply(error, languageFor(c));
    if (error instanceof RivalError) return problemReply(rivalProblem(error), languageFor(c));
    // Before the schema is there, and once the pools are closed, a failed question is no fault of ours.
    const notReady = ports.notReady();
    if (error instanceof DatabaseAwayError || error instanceof DiskFullError || notReady) {
      if (notReady) ports.log.warn({ err: error.message, path: c.req.path, notReady }, "request came while not ready");
      if (error instanceof DiskFullError)
        ports.log.error({ err: error.message, path: c.req.path }, "no room left in the database");
      const away = new Problem("database_unavailable", {}, { headers: { "Retry-After": String(DATABASE_RETRY_SECONDS) } });
      return problemReply(away, languageFor(c));
    }
    const reference = randomUUID().slice(0, 8);
    ports.log.error({ err: error, reference, path: c.req.path }, "request failed");
    return problemReply(new Problem("internal_error", { reference }), languageFor(c));
  });
  return app;
}

/** Two configurations on one database: nothing starts here until somebody has decided which it is. */
function rivalProblem({ rival, differs }: RivalError): Problem {
  const params = { name: rival.name, address: rival.address, differs };
  return new Problem("configuration_differs", params, { headers: { "Retry-After": String(DATABASE_RETRY_SECONDS) } });
}

async function consoleInfo(ports: HttpPorts): Promise<ConsoleInfo> {
  const { calendar, clock } = ports;
  const [database, extent] = await Promise.all([ports.databaseInfo(), ports.queries.extent()]);
  return {
    version: ports.version,
    today: ports.queries.today().day,
    server_time: instantIn(calendar.zone, clock.now()),
    calendar: { id: calendar.id, zone: calendar.zone, known_until: calendar.knownUntil },
    source: ports.sourceInfo(),
    database,
    first_day: extent.first,
    last_complete_day: extent.lastComplete,
    adopted: extent.adopted,
    operator: ports.operatorName,
  };
}
