import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@/server/db/embedded";

export interface TestPostgres {
  url: string;
  stop(): Promise<void>;
}

/** One PostgreSQL for a whole test run: `DATABASE_URL_TEST` (a superuser's or one that may create databases), else an embedded one in a temporary folder. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const given = process.env["DATABASE_URL_TEST"];
  if (given) return { url: given, stop: async () => {} };
  const dataDir = await mkdtemp(join(tmpdir(), "dayfill-test-"));
  await chmod(dataDir, 0o755);
  const tell = (fields: object, message: string) => console.warn(message, fields);
  const log = { info: () => {}, warn: tell, error: tell };
  const { connection, stop } = await startEmbeddedPostgres({ dataDir, log });
  return {
    url: urlOf(connection, "postgres"),
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
