// The one command behind `npm start`, `npm run dev`, `npm run build`, `npm test` and `npm run bench`. It runs before anything
// is installed, so this file and its folder use Node's own modules only.
import { fileURLToPath } from "node:url";
import { ensureBuild } from "./bootstrap/build.mjs";
import { ensurePackages } from "./bootstrap/install.mjs";
import { registerInstance } from "./bootstrap/instances.mjs";
import { withLock } from "./bootstrap/lock.mjs";
import { Refusal, say } from "./bootstrap/say.mjs";
import { runBench, runTests, serve, serveForDevelopment } from "./bootstrap/run.mjs";

const OLDEST_NODE = [20, 19];

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
  async bench() {
    await ensurePackages(root);
    const build = await ensureBuild(root);
    registerInstance(root, build.name);
    return () => runBench(root, rest);
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
  const goOn = await withLock(root, COMMANDS[command]);
  await goOn();
}

main().catch((error) => {
  if (!(error instanceof Refusal)) console.error(error);
  else say(error.message);
  if (command === "test") console.log("0 passed, 1 failed, 0 skipped");
  process.exit(1);
});
