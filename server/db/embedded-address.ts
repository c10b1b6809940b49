import { chown, lstat, mkdir, mkdtemp, readFile, rmdir } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NAME, PASSWORD_FILE } from "./embedded-cluster";
import type { Postmaster } from "./embedded-postmaster";
import { shortHash } from "./embedded-run";
import type { Runner } from "./embedded-runner";

/** How a client reaches the embedded PostgreSQL; fits pg's own configuration. */
export interface EmbeddedConnection {
  /** Folder of the Unix socket, or 127.0.0.1 on Windows. */
  host: string;
  port: number;
  user: string;
  database: string;
  password?: string;
}

/** Windows has no usable Unix sockets in PostgreSQL's clients. */
export const OVER_TCP = process.platform === "win32";

const SOCKET_PORT = 5432;
/** `sun_path` holds 104 bytes on macOS, 108 on Linux; `/.s.PGSQL.5432.lock` needs 19 of them. */
const LONGEST_SOCKET_DIR = 80;

/** The same address at every start of the same cluster, so that a pool finds a restarted PostgreSQL again. */
export async function chooseAddress(runner: Runner): Promise<EmbeddedConnection> {
  if (OVER_TCP) return withPassword(runner, { host: "127.0.0.1", port: await freePort(), user: NAME, database: NAME });
  return { host: await socketFolder(runner), port: SOCKET_PORT, user: NAME, database: NAME };
}

/** The address of a PostgreSQL that already runs on the cluster. */
export async function addressOf(runner: Runner, running: Postmaster): Promise<EmbeddedConnection> {
  const host = OVER_TCP ? "127.0.0.1" : running.socketDir;
  return withPassword(runner, { host, port: running.port, user: NAME, database: NAME });
}

/** Takes the empty socket folder away; one that another PostgreSQL uses by now stays. */
export async function leaveAddress(connection: EmbeddedConnection): Promise<void> {
  if (!OVER_TCP) await rmdir(connection.host).catch(() => undefined);
}

async function withPassword(runner: Runner, connection: EmbeddedConnection): Promise<EmbeddedConnection> {
  if (!OVER_TCP) return connection;
  return { ...connection, password: await readFile(join(runner.cluster, PASSWORD_FILE), "utf8") };
}

/** A short folder that nobody else may enter. A name that somebody else took before us is not trusted. */
async function socketFolder(runner: Runner): Promise<string> {
  const parent = tmpdir().length > LONGEST_SOCKET_DIR - 32 ? "/tmp" : tmpdir();
  const wanted = join(parent, `dayfill-${shortHash(runner.cluster)}`);
  await mkdir(wanted, { mode: 0o700 }).catch(() => undefined);
  const found = await lstat(wanted);
  const mine = [process.getuid?.(), runner.owner?.uid].includes(found.uid) && found.isDirectory() && (found.mode & 0o077) === 0;
  const folder = mine ? wanted : await mkdtemp(join(parent, "dayfill-"));
  if (runner.owner) await chown(folder, runner.owner.uid, runner.owner.gid);
  return folder;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no free port"))));
    });
  });
}
