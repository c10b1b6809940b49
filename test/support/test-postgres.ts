import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "@/server/db/embedded";

export interface TestPostgres {
  url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL of one test file alone, that may be harmed: it is started again as often as it dies. */
export interface MortalPostgres extends TestPostgres {
  /** SIGQUIT: an immediate stop that cuts everybody, as `pg_ctl stop -m immediate`. SIGKILL: what the kernel does without memory. */
  kill(signal: "SIGQUIT" | "SIGKILL"): Promise<void>;
}

/**
 * The shared one is thrown away after the run and nothing in it outlives the machine, so it need not wait for the disk. What
 * a COMMIT means to other connections and to a PostgreSQL that is killed is the same; tests of durability start their own.
 */
const HASTE = ["fsync = off", "full_page_writes = off"];

/** One PostgreSQL for a whole test run: `DATABASE_URL_TEST` (a superuser's or one that may create databases), else an embedded one in a temporary folder. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const given = process.env["DATABASE_URL_TEST"];
  if (given) return { url: given, stop: async () => {} };
  const postgres = await startMortalPostgres();
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  for (const setting of HASTE) await client.query(`ALTER SYSTEM SET ${setting}`);
  await client.query("SELECT pg_reload_conf()");
  await client.end();
  return postgres;
}

/** An embedded one in a temporary folder, whatever `DATABASE_URL_TEST` says. */
export async function startMortalPostgres(): Promise<MortalPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), "dayfill-test-"));
  await chmod(dataDir, 0o755);
  const tell = (fields: object, message: string) => console.warn(message, fields);
  const log = { info: () => {}, warn: tell, error: tell };
  const { connection, stop } = await startEmbeddedPostgres({ dataDir, log });
  const url = urlOf(connection, "postgres");
  return {
    url,
    async kill(signal) {
      const client = new Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
      await client.end();
      const [pid] = (await readFile(join(rows[0]?.data_directory ?? "", "postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(pid), signal);
    },
    async stop() {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A URL that pg and libpq understand, also for a Unix socket. */
function urlOf(connection: { host: string; port: number; user: string; password?: string }, database: string): string {
  const url = new URL(`postgres://localhost:${connection.port}/${database}`);
  url.username = connection.user;
  url.password = connection.password ?? "";
  if (connection.host.startsWith("/")) url.searchParams.set("host", connection.host);
  else url.hostname = connection.host;
  return url.href;
}
