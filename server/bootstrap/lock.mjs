import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { livingPid, ownMark } from "./processes.mjs";
import { say } from "./say.mjs";

const LOOK_AGAIN_MS = 200;

/** Runs `work` while no other start of this checkout installs or builds: the second waits, the lock of a dead one is taken over. */
export async function withLock(root, work) {
  const path = join(root, ".build", "lock");
  mkdirSync(join(root, ".build"), { recursive: true });
  let waiting = false;
  while (!take(path)) {
    if (!waiting) say("Another start is installing or building in this folder; waiting for it…");
    waiting = true;
    await sleep(LOOK_AGAIN_MS);
  }
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

function take(path) {
  try {
    writeFileSync(path, ownMark(), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const mark = read(path);
  // An empty lock is one that is being written.
  if (mark !== null && mark !== "" && livingPid(mark) === null) moveAway(path, mark);
  return false;
}

/** Of several that find the same dead lock one moves it; whoever moved a newer one by accident puts it back. */
function moveAway(path, deadMark) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (read(aside) === deadMark) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
