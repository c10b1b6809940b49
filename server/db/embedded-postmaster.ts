import { execFile } from "node:child_process";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { basename, join } from "node:path";

const ANSWERED_WITHIN_MS = 10_000;

/** What a running PostgreSQL writes into `postmaster.pid`. */
export interface Postmaster {
  pid: number;
  port: number;
  /** Folder of its socket; empty where it listens on TCP only. */
  socketDir: string;
}

/** The process that `postmaster.pid` of the cluster names, alive or not; null when there is no such file. */
export async function readPostmaster(cluster: string): Promise<Postmaster | null> {
  const lines = await readFile(join(cluster, "postmaster.pid"), "utf8").then(
    (text) => text.split("\n"),
    () => null,
  );
  const pid = Number(lines?.[0]);
  if (!lines || !Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3]), socketDir: lines[4]?.trim() ?? "" };
}

/**
 * Is that pid the PostgreSQL of this cluster? A pid is soon given to another process (in containers to the same few), so it
 * must be a postgres, and where the system tells, one that works in this folder. A zombie is none.
 */
export async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === "linux") {
    const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
    if (status === null) return false;
    const [, program, state] = /^\d+ \((.*)\) (\S)/s.exec(status) ?? [];
    if (program !== "postgres" || state === "Z" || state === "X") return false;
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
    return folder === null || folder === (await realpath(cluster));
  }
  if (process.platform === "win32") {
    const listed = await outputOf("tasklist", ["/fi", `pid eq ${pid}`, "/nh"]);
    return listed === null || listed.includes("postgres.exe");
  }
  const listed = await outputOf("ps", ["-o", "state=,comm=", "-p", String(pid)]);
  // It lives, and nobody says that it is another one: what it holds is not taken from it.
  if (listed === null) return true;
  const [state = "", ...command] = listed.trim().split(/\s+/);
  return !state.startsWith("Z") && basename(command.join(" ")) === "postgres";
}

/** What a command of the system prints, asked every second: nothing else may wait for it. Null where it cannot be run or takes too long. */
function outputOf(command: string, parameters: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(command, parameters, { timeout: ANSWERED_WITHIN_MS, windowsHide: true }, (error, stdout) => {
      // A code that is a number is the command's own answer, such as "no such process".
      const isAnswered = error === null || typeof error.code === "number";
      resolve(isAnswered ? stdout : null);
    });
  });
}

/** Signal 0 asks without sending; EPERM means alive under another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Takes away a `postmaster.pid` whose process is gone or somebody else's; PostgreSQL would refuse to start beside it. */
export async function removeStalePidFile(cluster: string): Promise<void> {
  const found = await readPostmaster(cluster);
  if (found && !(await isPostmasterOf(found.pid, cluster))) await rm(join(cluster, "postmaster.pid"), { force: true });
}
