import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOfSources } from "./hash.mjs";
import { runningInstances } from "./instances.mjs";
import { runNode } from "./processes.mjs";
import { Refusal, say } from "./say.mjs";

const HASH_SHAPE = /^[0-9a-f]{16}$/;

/**
 * The build of the sources as they are: `.build/<hash>/{next/, server.mjs}`. A folder per hash, so that a
 * running instance is never pulled from under; `complete` is written last, so that half a build is never run.
 */
export async function ensureBuild(root) {
  const name = hashOfSources(root);
  const folder = join(root, ".build", name);
  const build = { name, folder, server: join(folder, "server.mjs"), distDir: `.build/${name}/next` };
  if (existsSync(join(folder, "complete"))) return build;

  const began = performance.now();
  say("Building (about half a minute)…");
  removeOldBuilds(root);
  mkdirSync(folder, { recursive: true });
  await buildServer(root, build.server);
  await buildPages(root, build);
  writeFileSync(join(folder, "complete"), new Date().toISOString());
  say(`Built in ${Math.round((performance.now() - began) / 1000)} s.`);
  return build;
}

async function buildServer(root, outfile) {
  const { build, stop } = await import("esbuild");
  const options = {
    entryPoints: [join(root, "server", "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    packages: "external",
    sourcemap: true,
    tsconfig: join(root, "tsconfig.json"),
    logLevel: "silent",
  };
  try {
    await build(options);
  } catch (error) {
    throw new Refusal(`The server could not be built:\n${error.message}`);
  } finally {
    // It keeps a process of its own, which would live as long as the server.
    await stop();
  }
}

async function buildPages(root, { distDir }) {
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  const env = { NODE_ENV: "production", ...environmentForNext(root, distDir) };
  const { code, output } = await runNode([next, "build"], { cwd: root, env, quiet: true });
  if (code !== 0) throw new Refusal(`${output.trim()}\nThe pages could not be built.`);
}

/**
 * Next writes the types of its build folder into the tsconfig it reads; it gets one of its own beside that folder, so that
 * the committed one stays as it is.
 */
export function environmentForNext(root, distDir) {
  const tsconfig = `${distDir}.tsconfig.json`;
  const up = distDir
    .split("/")
    .slice(1)
    .map(() => "..")
    .join("/");
  mkdirSync(join(root, distDir), { recursive: true });
  writeFileSync(join(root, tsconfig), JSON.stringify({ extends: `${up}/tsconfig.json`, include: [], compilerOptions: {} }));
  return { DAYFILL_DIST_DIR: distDir, DAYFILL_TSCONFIG: tsconfig, NEXT_TELEMETRY_DISABLED: "1" };
}

/** Builds that no running instance uses, half ones included. The lock is held, so nobody else is building. */
function removeOldBuilds(root) {
  const used = new Set(runningInstances(root).map(({ build }) => build));
  for (const name of readdirSync(join(root, ".build"))) {
    if (HASH_SHAPE.test(name) && !used.has(name)) rmSync(join(root, ".build", name), { recursive: true, force: true });
  }
}
