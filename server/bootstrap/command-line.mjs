import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { hashOf } from "./hash.mjs";
import { Refusal } from "./say.mjs";

/** All that the command line is made of. */
const SOURCES = ["cli", "lib", "package-lock.json"];
const NAME_SHAPE = /^sync-[0-9a-f]{16}\.mjs$/;

const pathOf = (root) => join(root, ".build", `sync-${hashOf(root, SOURCES)}.mjs`);

/**
 * The command line built from the sources as they are: one file that needs no package to run and no server of this folder.
 * It is written aside and moved into place, so no lock is held: two that build it at once write the same.
 */
export async function ensureCommandLine(root) {
  const path = pathOf(root);
  if (existsSync(path)) return path;
  const { build, stop } = await import("esbuild");
  const half = `${path}.${process.pid}`;
  mkdirSync(join(root, ".build"), { recursive: true });
  try {
    await build({
      entryPoints: [join(root, "cli", "main.ts")],
      outfile: half,
      bundle: true,
      minify: true,
      platform: "node",
      target: "node20",
      format: "esm",
      tsconfig: join(root, "tsconfig.json"),
      logLevel: "silent",
    });
  } catch (error) {
    throw new Refusal(`The command line could not be built:\n${error.message}`);
  } finally {
    // It keeps a process of its own, which would live as long as this one.
    await stop();
  }
  renameSync(half, path);
  for (const name of readdirSync(join(root, ".build")))
    if (NAME_SHAPE.test(name) && name !== basename(path)) rmSync(join(root, ".build", name), { force: true });
  return path;
}
