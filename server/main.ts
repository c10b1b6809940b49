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
import { everyStep } from "./stop-steps";
import { RivalError } from "./sync/instances/membership";
import { createWebServer, PortError, type WebServer } from "./web-server";

/** Whatever hangs, the process ends this long after it was asked to. */
const HARD_STOP_MS = 20_000;

const started = performance.now();
goOnUnheard();
const config = readConfigOrExit();
const log = createLog(config);
for (const hint of config.hints) log.warn({}, hint);
const version = (JSON.parse(readFileSync(path.join(PROJECT_ROOT, "package.json"), "utf8")) as { version: string }).version;

main().catch(fail);

async function main(): Promise<void> {
  let composition: Composition | null = null;
  const web = await createWebServer({
    dev: config.dev,
    host: config.host,
    port: config.port,
    publicOrigin: config.publicOrigin,
    api: () => (composition as Composition).http,
  });
  const sockets = openSocketServer({
    server: web.server,
    allows: web.allows,
    state: () => (composition as Composition).state(),
    onWatchersChanged: () => composition?.watchersChanged(),
  });
  const embedded = config.databaseUrl ? null : await startEmbeddedPostgres({ dataDir: path.resolve(config.dataDir), log });
  running = { web, sockets, composition: null, embedded };
  const connection: Connection = embedded ? embedded.connection : { connectionString: config.databaseUrl as string };
  composition = compose({ config, version, connection, embedded: embedded !== null, log, broadcast: sockets.broadcast });
  stopOnSignals((running = { web, sockets, composition, embedded }));

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

interface Running {
  web: WebServer;
  sockets: SocketServer;
  /** Null before it was built. */
  composition: Composition | null;
  embedded: EmbeddedPostgres | null;
}

/** What there is to stop so far. */
let running: Running | null = null;
let stopping = false;

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
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
  if (running) await stopInOrder(running).catch((error: unknown) => log.error({ err: error }, "the stop went wrong"));
  process.exit(1);
}

/** The first signal stops in order: work, requests, sockets, pools, database. The second one exits at once. */
function stopOnSignals(all: Running): void {
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "stopping");
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
    void stopInOrder(all).then(
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

async function stopInOrder({ web, sockets, composition, embedded }: Running): Promise<void> {
  await everyStep([
    () => composition?.stopWork(),
    () => web.close(sockets.disconnectAll),
    () => composition?.closePools(),
    () => embedded?.stop(),
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
