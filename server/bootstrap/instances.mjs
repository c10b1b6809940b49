import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { livingPid, ownMark } from "./processes.mjs";

const folderOf = (root) => join(root, ".build", "running");

/** Says that this process runs from this checkout and which build it uses, until it exits. */
export function registerInstance(root, build) {
  mkdirSync(folderOf(root), { recursive: true });
  const path = join(folderOf(root), String(process.pid));
  writeFileSync(path, `${ownMark()}\n${build}`);
  process.once("exit", () => rmSync(path, { force: true }));
}

/** The processes that run from this checkout now, without this one: `{ pid, build }`. Forgets those that died. */
export function runningInstances(root) {
  let names = [];
  try {
    names = readdirSync(folderOf(root));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(folderOf(root), name);
    const [mark = "", build = ""] = readFileSync(path, "utf8").split("\n");
    const pid = livingPid(mark);
    if (pid === null) rmSync(path, { force: true });
    return pid === null || pid === process.pid ? [] : [{ pid, build }];
  });
}
