import { spawnSync } from "node:child_process";
import { lstat, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Binaries, programOf } from "./embedded-binaries";
import { copyToReachable } from "./embedded-copy";
import type { Runner, User } from "./embedded-runner";

const UNSHARE = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"];

/**
 * PostgreSQL refuses to run as root. An ordinary user runs it as he is. Root gives it to the owner of the cluster, to
 * `postgres` or to `nobody` when they can reach both folders; else to a user namespace in which root is somebody else; else
 * to a copy of binaries and cluster in a place that others can reach.
 */
export async function chooseRunner(binaries: Binaries, dataDir: string): Promise<Runner> {
  const cluster = await realpath(join(dataDir, "postgres")).catch(() => join(dataDir, "postgres"));
  const asWeAre: Runner = { binaries, through: [], user: undefined, owner: null, cluster, remark: null };
  if (process.getuid?.() !== 0) return asWeAre;

  const users = await usersFor(cluster);
  const able = users.find((user) => canRun(user, programOf(binaries, "postgres")) && canEnter(user, dirname(cluster)));
  if (able) return { ...asWeAre, user: able, owner: able };

  const [unshare = "", ...flags] = UNSHARE;
  if (spawnSync(unshare, [...flags, programOf(binaries, "postgres"), "--version"]).status === 0) {
    return { ...asWeAre, through: UNSHARE, owner: { uid: 0, gid: 0 } };
  }
  const last = users.at(-1);
  if (last) return copyToReachable(asWeAre, last, dataDir);
  throw new Error(
    "PostgreSQL does not run as root, and this system has no user postgres or nobody. Start as an ordinary user or set DATABASE_URL.",
  );
}

/** The owner of an existing cluster first: who made it goes on with it. */
async function usersFor(cluster: string): Promise<User[]> {
  const owner = await lstat(cluster).catch(() => null);
  const users = owner && owner.uid !== 0 ? [{ uid: owner.uid, gid: owner.gid }] : [];
  for (const name of ["postgres", "nobody"]) {
    const [uid = 0, gid = 0] = ["-u", "-g"].map((flag) =>
      Number(spawnSync("id", [flag, name], { encoding: "utf8" }).stdout || 0),
    );
    if (uid > 0) users.push({ uid, gid });
  }
  return users;
}

// Asked of the kernel by trying, since modes, mounts and access lists all have a say.
const canRun = (user: User, program: string) => spawnSync(program, ["--version"], user).status === 0;
const canEnter = (user: User, folder: string) => spawnSync("test", ["-x", folder], user).status === 0;
