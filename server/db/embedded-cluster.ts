import { randomBytes } from "node:crypto";
import { chown, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { majorOf, programOf } from "./embedded-binaries";
import { isAlive } from "./embedded-postmaster";
import { giveTo, runProgram } from "./embedded-run";
import type { Runner } from "./embedded-runner";

/** Superuser of the cluster and name of the database. */
export const NAME = "dayfill";

/** With TCP (Windows) a password guards the port; with a socket the folder's mode does. */
export const PASSWORD_FILE = "dayfill.password";

/**
 * Makes the cluster if there is none: initdb into a temporary name, then one rename, so that a half-made cluster is never
 * taken for a whole one and of two starts at once the first wins. Throws when the cluster belongs to another major version.
 */
export async function ensureCluster(runner: Runner, overTcp: boolean): Promise<void> {
  const version = await readFile(join(runner.cluster, "PG_VERSION"), "utf8").catch(() => null);
  if (version === null) return makeCluster(runner, overTcp);
  await giveTo(runner.owner, runner.cluster);
  const ours = majorOf(await runProgram(runner, [programOf(runner.binaries, "postgres"), "--version"]));
  if (version.trim() !== ours) {
    throw new Error(
      `${runner.cluster} was made by PostgreSQL ${version.trim()}, this version of Dayfill brings ${ours}. ` +
        `Dump it with the old version and restore it, or set DATA_DIR to another folder.`,
    );
  }
}

async function makeCluster(runner: Runner, overTcp: boolean): Promise<void> {
  if (await lstat(join(runner.cluster, "base")).catch(() => null)) {
    throw new Error(
      `${runner.cluster} cannot be read: it belongs to another user. Start as that user or set DATA_DIR to another folder.`,
    );
  }
  await mkdir(dirname(runner.cluster), { recursive: true });
  await removeLeftovers(runner.cluster);
  const unfinished = `${runner.cluster}.unfinished-${process.pid}-${randomBytes(3).toString("hex")}`;
  await mkdir(unfinished, { mode: 0o700 });
  if (runner.owner) await chown(unfinished, runner.owner.uid, runner.owner.gid);
  const password = randomBytes(24).toString("base64url");
  const passwordFile = `${unfinished}.password`;
  try {
    if (overTcp) await writeFile(passwordFile, password, { mode: 0o600 });
    await runProgram(runner, [
      programOf(runner.binaries, "initdb"),
      `--pgdata=${unfinished}`,
      `--username=${NAME}`,
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
      ...(overTcp ? ["--auth=scram-sha-256", `--pwfile=${passwordFile}`] : ["--auth-local=trust", "--auth-host=reject"]),
    ]);
    if (overTcp) await rename(passwordFile, join(unfinished, PASSWORD_FILE));
    await rename(unfinished, runner.cluster);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
    const another = await readFile(join(runner.cluster, "PG_VERSION"), "utf8").catch(() => null);
    if (another === null) throw error;
  }
}

/** What a start left behind that was killed while it made the cluster. */
async function removeLeftovers(cluster: string): Promise<void> {
  for (const name of await readdir(dirname(cluster))) {
    const [, pid] = name.startsWith(`${basename(cluster)}.`) ? (/\.unfinished-(\d+)-/.exec(name) ?? []) : [];
    const path = join(dirname(cluster), name);
    // In containers a process often has the pid of the one before it: what is older than this process is not ours.
    const mine =
      Number(pid) === process.pid && ((await lstat(path).catch(() => null))?.birthtimeMs ?? 0) >= performance.timeOrigin;
    if (pid === undefined || mine || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue;
    await rm(path, { recursive: true, force: true });
  }
}
