import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chown, lstat, readdir } from "node:fs/promises";
import { promisify } from "node:util";
import type { Runner, User } from "./embedded-runner";

/** Nothing of the operator's own: a PGDATA or PGPORT meant for another PostgreSQL must not reach this one. */
export const CLEAN_ENVIRONMENT = { LC_ALL: "C", TZ: "UTC" } as unknown as NodeJS.ProcessEnv;

/** Runs one of PostgreSQL's programs to its end and gives what it wrote. Throws with what it complained about. */
export async function runProgram(runner: Runner, command: string[]): Promise<string> {
  const [program = "", ...args] = [...runner.through, ...command];
  try {
    const { stdout } = await promisify(execFile)(program, args, { ...runner.user, env: CLEAN_ENVIRONMENT, encoding: "utf8" });
    return stdout;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() ?? "";
    throw new Error(`${command[0]} failed${said ? `: ${said}` : ""}`, { cause: error });
  }
}

/** Gives a folder and all in it to `owner`; the folder itself last, so that an interrupted walk is walked again. */
export async function giveTo(owner: User | null, folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => null);
  if (!owner || !found || (found.uid === owner.uid && found.gid === owner.gid)) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) await giveTo(owner, path);
    else await chown(path, owner.uid, owner.gid);
  }
  await chown(folder, owner.uid, owner.gid);
}

/** A short name for a folder, the same in every process. */
export const shortHash = (path: string) => createHash("sha256").update(path).digest("hex").slice(0, 12);
