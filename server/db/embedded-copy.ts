import { chmod, cp, lstat, mkdir, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shortHash } from "./embedded-run";
import type { Runner, User } from "./embedded-runner";

/**
 * The last way out for root: binaries and cluster in a place that `user` can reach. The cluster moves once; a link in its
 * old place leads every later start, whatever way that one chooses, to the same data.
 */
export async function copyToReachable(base: Runner, user: User, dataDir: string): Promise<Runner> {
  const place = await reachablePlace();
  const root = join(place, `postgresql-${base.binaries.version}`);
  if (!(await exists(root))) {
    const unfinished = `${root}.${process.pid}`;
    await cp(base.binaries.root, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, root).catch(() => rm(unfinished, { recursive: true }));
  }
  const link = join(dataDir, "postgres");
  const cluster = base.cluster === link ? join(place, `data-${shortHash(link)}`) : base.cluster;
  if (base.cluster === link) {
    if (await exists(link)) {
      await cp(link, cluster, { recursive: true });
      await rename(link, `${link}.before-move`);
    }
    await symlink(cluster, link);
  }
  const remark = `root's folders cannot be reached by another user: the embedded PostgreSQL runs from ${root}, its data lies in ${cluster}`;
  return { ...base, binaries: { ...base.binaries, root }, cluster, user, owner: user, remark };
}

const exists = async (path: string) => (await lstat(path).catch(() => null)) !== null;

async function reachablePlace(): Promise<string> {
  for (const place of ["/var/lib/dayfill", join(tmpdir(), "dayfill")]) {
    const made = await mkdir(place, { recursive: true }).then(
      () => true,
      () => false,
    );
    if (!made) continue;
    await chmod(place, 0o755);
    return place;
  }
  throw new Error("There is no folder that PostgreSQL could run from. Start as an ordinary user or set DATABASE_URL.");
}
