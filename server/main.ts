import { readFileSync } from "node:fs";
import path from "node:path";
import { type Composition, compose } from "./compose";
import { type Config, ConfigError } from "./config/config";
import { loadConfig } from "./config/load-config";
import type { Connection } from "./db/connect";
import { TransactionPoolerError } from "./db/pooler-probe";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./db/embedded";
import { createLog } from "./log";
import { PROJECT_ROOT } from "./project-root";
import { openSocketServer, type SocketServer } from "./realtime/socket-server";
import { SourceConfigError } from "./sources/source-config";
import { everyStep, HARD_STOP_MS, noLongerThan, STOP_MS } from "./stop-steps";
import { RivalError } from "./sync/instances/membership";
import { createWebServer, PortError, type WebServer } from "./web-server";

/** The process itself needs a moment at its end. */
const LAST_MOMENT_MS = 500;

const started = performance.now();
goOnUnheard();
const config = readConfigOrExit();
const log = createLog(config);
for (const hint of config.hints) log.warn({}, hint);
const version = (JSON.parse(readFileSync(path.join(PROJECT_ROOT, "package.json"), "utf8")) as { version: string }).version;

interface Running {
  web: WebServer | null;
  sockets: SocketServer | null;
  composition: Composition | null;
  /** From the moment its start begins. */
  embedded: Promise<EmbeddedPostgres> | null;
}

/** What there is to stop so far. */
const running: Running = { web: null, sockets: null, composition: null, embedded: null };
let stopping = false;
/** Ends a start of the embedded database that is under way. */
const starting = new AbortController();

main().catch(fail);

async function main(): Promise<void> {
  // Before anything is begun: a signal that ended us on the spot might leave a PostgreSQL behind.
  stopOnSignals();
  const web = await createWebServer({
    dev: config.dev,
    host: config.host,
    port: config.port,
    publicOrigin: config.publicOrigin,
    api: () => (running.composition as Composition).http,
  });
  running.web = web;
  const sockets = openSocketServer({
    server: web.server,
    allows: web.allows,
    state: () => (running.composition as Composition).state(),
    onWatchersChanged: () => running.composition?.watchersChanged(),
  });
  running.sockets = sockets;
  const connection = config.databaseUrl ? { connectionString: config.databaseUrl } : await embeddedConnection();
  if (stopping) return;
  const embedded = running.embedded !== null;
  const composition = compose({ config, version, connection, embedded, log, broadcast: sockets.broadcast });
  running.composition = composition;

  const port = await web.listen();
  const opening = composition.open();
  // It may fail long after the server began to answer without a database.
  opening.catch(fail);
  await Promise.race([opening, whenDegraded()]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `Dayfill ${version} is ready on http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port} (${seconds} s)`,
  );
}

async function embeddedConnection(): Promise<Connection> {
  running.embedded = startEmbeddedPostgres({ dataDir: path.resolve(config.dataDir), log, signal: starting.signal });
  return (await running.embedded).connection;
}

/**
 * Whoever read our words may go (a closed terminal, `npm start | head`): the work goes on without them. Unheard, the fault of
 * such a write would be logged by Next, which is another such write, and so on for ever.
 */
function goOnUnheard(): void {
  for (const output of [process.stdout, process.stderr]) output.on("error", () => {});
}

/** With the database away the pages are served all the same, and say so. */
function whenDegraded(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5_000).unref());
}

/** Says once why the start failed, in words where it is a matter of configuration, and gives up. */
function fail(error: unknown): void {
  if (stopping) return;
  if (error instanceof SourceConfigError) console.error(`The configuration has a fault:\n  - ${error.message}`);
  else if (error instanceof PortError || error instanceof TransactionPoolerError) console.error(error.message);
  else if (error instanceof RivalError) console.error(`Dayfill does not start: ${error.message}.`);
  else log.error({ err: error }, "Dayfill could not start");
  void giveUp();
}

/** The start failed: whatever runs by now is ended in the same order, so that no PostgreSQL is left behind. */
async function giveUp(): Promise<void> {
  stopping = true;
  await stopInOrder().catch((error: unknown) => log.error({ err: error }, "the stop went wrong"));
  process.exit(1);
}

/** The first signal stops in order. The second one exits at once. */
function stopOnSignals(): void {
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "stopping");
    void stopInOrder().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "the stop went wrong");
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

/** Work, requests, sockets, pools, database: one after the other, each within its time. */
async function stopInOrder(): Promise<void> {
  setTimeout(() => {
    log.error({ ms: HARD_STOP_MS }, "the stop did not come to its end");
    process.exit(1);
  }, HARD_STOP_MS).unref();
  const stopBy = performance.now() + HARD_STOP_MS - LAST_MOMENT_MS;
  const leftMs = () => Math.max(0, stopBy - performance.now());
  starting.abort(new Error("the server stops"));
  const { web, sockets, composition, embedded } = running;
  const endEmbedded = async () => (await embedded?.catch(() => null))?.stop(leftMs());
  await everyStep([
    () => composition?.stopWork(),
    () => web && noLongerThan(STOP_MS.web, "requests", log, () => web.close(() => sockets?.disconnectAll())),
    () => composition && noLongerThan(STOP_MS.pools, "pools", log, composition.closePools),
    () => embedded && noLongerThan(leftMs(), "the embedded database", log, endEmbedded),
  ]);
}

function readConfigOrExit(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
