import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { runningInstances } from "./instances.mjs";
import { runNode } from "./processes.mjs";
import { Refusal, say } from "./say.mjs";

/** Installs the packages of package-lock.json when they are not what is in node_modules. */
export async function ensurePackages(root) {
  const { stamp, lock, wanted, isThere } = lookAtPackages(root);
  if (isThere) return;
  if (isInstalled(root, JSON.parse(lock.toString("utf8")))) {
    writeFileSync(stamp, wanted);
    return;
  }
  const [instance] = runningInstances(root);
  if (instance) {
    throw new Refusal(
      `package-lock.json has changed, but an instance runs from this folder (pid ${instance.pid}). Stop it, then start again.`,
    );
  }
  say(
    existsSync(stamp)
      ? "Installing packages (package-lock.json has changed)…"
      : "Installing packages (first start, about a minute)…",
  );
  // Scripts of packages are not needed by any of ours, and never run. Development packages build the pages.
  const flags = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--include=dev", "--include=optional", "--loglevel=error"];
  const { code } = await runNode([npmProgram(), ...flags], { cwd: root, env: { NODE_ENV: "development", ...cacheFor(root) } });
  if (code !== 0) throw new Refusal("The packages could not be installed; npm said why above.");
  writeFileSync(stamp, wanted);
}

/** True when the packages are known to be those of the lock: nothing is to be installed. */
export const arePackagesThere = (root) => lookAtPackages(root).isThere;

function lookAtPackages(root) {
  const stamp = join(root, "node_modules", ".dayfill-installed");
  const lock = readFileSync(join(root, "package-lock.json"));
  const wanted = createHash("sha256").update(lock).update(`${process.platform} ${process.arch}`).digest("hex");
  return { stamp, lock, wanted, isThere: existsSync(stamp) && readFileSync(stamp, "utf8") === wanted };
}

/** True when somebody ran `npm ci` or `npm install` by hand: npm's own note of what it put into node_modules agrees with the lock. */
function isInstalled(root, lock) {
  const note = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(note)) return false;
  const present = JSON.parse(readFileSync(note, "utf8")).packages;
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== "");
  const agrees = ([path, { version, optional }]) => (present[path] ? present[path].version === version : optional === true);
  return wanted.every(agrees) && Object.keys(present).every((path) => lock.packages[path]);
}

/** npm's own script: the npm that started us, else the one beside this Node. */
function npmProgram() {
  const starter = process.env.npm_execpath ?? "";
  const beside = [
    join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    join(dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js"),
    "/usr/share/nodejs/npm/bin/npm-cli.js",
    "/usr/lib/node_modules/npm/bin/npm-cli.js",
  ];
  const found = [...(starter.endsWith("npm-cli.js") ? [starter] : []), ...beside].find(existsSync);
  if (!found) throw new Refusal("npm was not found beside this Node. Start with `npm start`, or run `npm ci` first.");
  return found;
}

/** A user without a home of his own (a service account) gets npm's cache here. */
function cacheFor(root) {
  try {
    accessSync(homedir(), constants.W_OK);
    return {};
  } catch {
    return { npm_config_cache: join(root, ".build", "npm-cache") };
  }
}
