import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** All that the build reads. */
const SOURCES = [
  "app",
  "components",
  "lib",
  "server",
  "public",
  "next.config.mjs",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

/** A name for the sources as they are now: the same content gives the same name, in any folder and at any time. */
export const hashOfSources = (root) => hashOf(root, SOURCES);

/** The same for other files and folders of the root. */
export function hashOf(root, sources) {
  const hash = createHash("sha256").update(`node ${process.versions.node.split(".")[0]}`);
  for (const source of sources) if (existsSync(join(root, source))) add(hash, root, source);
  return hash.digest("hex").slice(0, 16);
}

function add(hash, root, path) {
  const full = join(root, path);
  if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) add(hash, root, `${path}/${name}`);
    return;
  }
  const content = readFileSync(full);
  hash.update(`${path}\0${content.length}\0`).update(content);
}
