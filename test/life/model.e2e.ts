import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { API_BASE } from "@/lib/contract/routes";
import { type Call, type Reply, replyOf, requestOf } from "../support/api-call";
import { type Ask, askOf } from "../support/ask";
import { type FreshDatabase, freshDatabase } from "../support/postgres";
import { type ServerProcess, startServer } from "../support/server";
import { recordHistory } from "../support/task-history";
import { aDeedAmongProcesses, type Api } from "./deeds";
import { liveThrough } from "./model";

const SYMBOLS = 4;

let database: FreshDatabase;
let watcher: Client;
/** Null while another process comes in the place of one that died. */
const places: (ServerProcess | null)[] = [null, null, null];
const begun: ServerProcess[] = [];
/** Processes on their way: the others go on meanwhile. */
const coming = new Set<Promise<void>>();
const ask: Ask = (sql) => askOf(watcher)(sql);

async function serveAt(place: number): Promise<void> {
  const server = await startServer({
    DATABASE_URL: database.url,
    SAMPLE_SYMBOLS: String(SYMBOLS),
    SAMPLE_DAY_MS: "20",
    LEASE_TTL_MS: "6000",
    SCHEDULE_ENABLED: "false",
  });
  begun.push(server);
  places[place] = server;
}

beforeAll(async () => {
  database = await freshDatabase();
  watcher = new Client({ connectionString: database.url });
  await watcher.connect();
  // The first one builds what is stale and migrates.
  await serveAt(0);
  await Promise.all([serveAt(1), serveAt(2)]);
  await recordHistory(ask);
});
afterAll(async () => {
  await Promise.allSettled(coming);
  await Promise.all(begun.map((server) => server.end()));
  await watcher.end();
  await database.drop();
});

/** The process at that place, or the next one that is there. */
function serverAt(place: number): ServerProcess {
  const found = [0, 1, 2].map((turn) => places[(place + turn) % 3]).find((server) => server !== null);
  if (!found) throw new Error("no process is there");
  return found;
}

/** Over HTTP, as a script would. */
const apiOf =
  (server: ServerProcess): Api =>
  async <Data>(path: string, call?: Call): Promise<Reply<Data>> =>
    replyOf<Data>(await fetch(`${server.url}${API_BASE}${path}`, requestOf(call ?? {})));

/** Ends the process, hard or as an operator would, and sends for another; one of the three is always left. */
async function replace(place: number, signal: NodeJS.Signals): Promise<void> {
  const server = places[place];
  if (!server || places.filter((one) => one !== null).length < 2) return;
  places[place] = null;
  await server.end(signal);
  const arrival = serveAt(place);
  const settled = arrival.finally(() => coming.delete(settled));
  coming.add(settled);
  // Told at the end of the test, not as a rejection nobody waits for.
  settled.catch(() => {});
}

test("1,000 random commands by HTTP over three processes, some of them killed: only legal steps, never two at work, nothing stuck", {
  timeout: 600_000,
}, async () => {
  await liveThrough({
    ask,
    api: (at) => apiOf(serverAt(at)),
    mishap: async (deed) => {
      if (deed.do !== "rob") await replace(deed.at, deed.do === "kill" ? "SIGKILL" : "SIGTERM");
    },
    aDeed: aDeedAmongProcesses,
    stretches: 5,
    deedsEach: 200,
    stuckAfterMs: 30_000,
    symbols: SYMBOLS,
  });
  await Promise.all(coming);
  const killed = begun.length - 3;
  console.info(`processes that were replaced: ${killed}`);
  const errors = begun.flatMap((server) => server.output().split("\n")).filter((line) => line.includes('"level":"error"'));
  expect(errors).toEqual([]);
});
