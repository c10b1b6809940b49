import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type PoolMode = "session" | "transaction" | "statement";

/** A real PgBouncer before the database of `databaseUrl`; as root it runs as the owner of PostgreSQL's socket folder. */
export async function startPgBouncer(binary: string, databaseUrl: string, mode: PoolMode, more = "") {
  const target = new URL(databaseUrl);
  const host = target.searchParams.get("host") ?? target.hostname;
  const folder = await mkdtemp(join(tmpdir(), "pgbouncer-"));
  const port = await freePort();
  const file = join(folder, "pgbouncer.ini");
  const password = target.password === "" ? "" : ` password=${decodeURIComponent(target.password)}`;
  await writeFile(
    file,
    `[databases]\n* = host=${host} port=${target.port || "5432"} user=${decodeURIComponent(target.username)}${password}\n
[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\npool_mode = ${mode}\nmax_client_conn = 200\n${more}\n`,
  );
  const owner = host.startsWith("/") && process.getuid?.() === 0 ? await stat(host) : null;
  await chmod(folder, 0o755);
  if (owner) await chown(folder, owner.uid, owner.gid);
  const child = spawn(binary, [file], {
    stdio: ["ignore", "ignore", "pipe"],
    ...(owner ? { uid: owner.uid, gid: owner.gid } : {}),
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  await untilListening(port, () => (child.exitCode === null ? null : said));
  const url = new URL(databaseUrl);
  url.searchParams.delete("host");
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    async close(): Promise<void> {
      const gone = once(child, "exit");
      child.kill("SIGINT");
      const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
      await gone;
      clearTimeout(timer);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilListening(port: number, ended: () => string | null): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    const words = ended();
    if (words !== null) throw new Error(`PgBouncer ended: ${words}`);
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        resolve(true);
        socket.destroy();
      });
      // Also where it is neither let in nor refused.
      socket.setTimeout(5_000, () => socket.destroy());
      socket.on("error", () => {}).on("close", () => resolve(false));
    });
    if (reached) return;
    await sleep(50);
  }
  throw new Error("PgBouncer does not listen");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
