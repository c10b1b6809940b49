import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { environmentForNext } from "./build.mjs";
import { runNode, statusOf } from "./processes.mjs";
import { Refusal } from "./say.mjs";

const LOOK_FOR_PARENT_MS = 250;

/** Serves the build in this process, so that under npm there is one process to signal. */
export async function serve(_root, build) {
  process.env.NODE_ENV = "production";
  process.env.DAYFILL_DIST_DIR = build.distDir;
  process.setSourceMapsEnabled(true);
  stopWithParent();
  await import(pathToFileURL(build.server).href);
}

/** Serves the sources: pages change as they are edited, the server is read by tsx. */
export async function serveForDevelopment(root) {
  process.env.NODE_ENV = "development";
  Object.assign(process.env, environmentForNext(root, ".build/dev/next"));
  stopWithParent();
  const { register } = await import("tsx/esm/api");
  register();
  await import(pathToFileURL(join(root, "server", "main.ts")).href);
}

/** Every test, or those that the arguments choose; ends with vitest's exit code. */
export async function runTests(root, args) {
  const { code } = await runNode([join(root, "node_modules", "vitest", "vitest.mjs"), "run", ...args], { cwd: root });
  process.exit(code);
}

/** The fault list at full length, and the soak. */
export async function runLongFaults(root, args) {
  process.env.DAYFILL_FAULTS = "long";
  await runTests(root, args.length > 0 ? args : ["test/faults"]);
}

export async function runBench(root, args) {
  const [name = "run", ...rest] = args;
  const script = join(root, "bench", `${name}.ts`);
  if (!existsSync(script)) throw new Refusal(`There is no bench/${name}.ts.`);
  const { code } = await runNode(["--import", "tsx", script, ...rest], { cwd: root });
  process.exit(code);
}

/** The command line in this process: signals and the exit code are its own. */
export async function runCommandLine(script, args) {
  process.argv = [process.execPath, script, ...args];
  stopWithParent();
  await import(pathToFileURL(script).href);
}

/** npm that is killed leaves its child behind: an orphan asks itself to stop, as a SIGTERM from npm would have. */
function stopWithParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const ancestors = ancestorsNow();
  const watch = setInterval(() => {
    if (ancestorsNow() === ancestors) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_FOR_PARENT_MS);
  watch.unref();
}

/** Our parent and, where the system tells, its parent: npm starts us through a shell, and that one outlives npm. */
const ancestorsNow = () => `${process.ppid} ${statusOf(process.ppid)[1] ?? ""}`;
