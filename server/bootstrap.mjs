// The one command behind `npm start`, `npm run dev`, `npm run build`, `npm test`, `npm run test:faults`, `npm run bench` and
// `npm run sync`. It runs before anything is installed, so this file and its folder use Node's own modules only.
import { fileURLToPath } from "node:url";
import { ensureBuild } from "./bootstrap/build.mjs";
import { ensureCommandLine } from "./bootstrap/command-line.mjs";
import { arePackagesThere, ensurePackages } from "./bootstrap/install.mjs";
import { registerInstance } from "./bootstrap/instances.mjs";
import { withLock } from "./bootstrap/lock.mjs";
import { Refusal, say } from "./bootstrap/say.mjs";
import { runBench, runCommandLine, runLongFaults, runTests, serve, serveForDevelopment } from "./bootstrap/run.mjs";

const OLDEST_NODE = [20, 19];
/** Exit code of the command line for what is no word about a task. */
const USAGE = 2;

const root = fileURLToPath(new URL("..", import.meta.url));
const [command = "", ...rest] = process.argv.slice(2);

/** What each command does once it holds the lock; the answer is what it does without the lock. */
const COMMANDS = {
  async start() {
    await ensurePackages(root);
    const build = await ensureBuild(root);
    registerInstance(root, build.name);
    return () => serve(root, build);
  },
  async dev() {
    await ensurePackages(root);
    registerInstance(root, "dev");
    return () => serveForDevelopment(root);
  },
  async build() {
    await ensurePackages(root);
    await ensureBuild(root);
    return () => {};
  },
  async test() {
    await ensurePackages(root);
    const filters = rest.filter((argument) => !argument.startsWith("-"));
    if (filters.length === 0 || filters.some((filter) => filter.includes("e2e"))) {
      const build = await ensureBuild(root);
      registerInstance(root, build.name);
    } else registerInstance(root, "test");
    return () => runTests(root, rest);
  },
  async faults() {
    await ensurePackages(root);
    const build = await ensureBuild(root);
    registerInstance(root, build.name);
    return () => runLongFaults(root, rest);
  },
  async bench() {
    await ensurePackages(root);
    const build = await ensureBuild(root);
    registerInstance(root, build.name);
    return () => runBench(root, rest);
  },
  async sync() {
    await ensurePackages(root);
    const script = await ensureCommandLine(root);
    return () => runCommandLine(script, rest);
  },
};

async function main() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new Refusal(`Dayfill needs Node ${OLDEST_NODE.join(".")} or newer; this is Node ${process.versions.node}.`);
  }
  if (!Object.hasOwn(COMMANDS, command)) throw new Refusal(`Usage: node server/bootstrap.mjs ${Object.keys(COMMANDS).join("|")}`);
  process.chdir(root);
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  // A script in the night does not wait until somebody has built the pages.
  const waits = command !== "sync" || !arePackagesThere(root);
  const goOn = await (waits ? withLock(root, COMMANDS[command]) : COMMANDS[command]());
  await goOn();
}

main().catch((error) => {
  if (!(error instanceof Refusal)) console.error(error);
  else say(error.message);
  if (command === "test") console.log("0 passed, 1 failed, 0 skipped");
  process.exit(command === "sync" ? USAGE : 1);
});
