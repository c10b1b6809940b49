import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** True while the process lives; EPERM means that it lives under another user. */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** What Linux tells of a process, from its state on: `[state, parent's pid, …]`; nothing elsewhere. */
export function statusOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    return status.slice(status.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** When the process began, where the system tells: a pid alone is soon given to another process. */
const startOf = (pid) => statusOf(pid)[19] ?? "";

/** A text that names this process, for lock and instance files. */
export const ownMark = () => `${process.pid} ${startOf(process.pid)}`;

/** The pid of the process that left this mark if it still runs, else null. */
export function livingPid(mark) {
  const [pid, start] = mark.trim().split(" ");
  const number = Number(pid);
  return number > 0 && isAlive(number) && (start ?? "") === startOf(number) ? number : null;
}

/**
 * Runs a Node program to its end and gives its exit code. A signal that we get goes on to it, and then ends us too, so that
 * it is never left behind.
 */
export function runNode(args, { cwd, env = {}, quiet = false }) {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
  });
  let output = "";
  for (const stream of quiet ? [child.stdout, child.stderr] : []) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  let asked = null;
  const passOn = (signal) => {
    asked = signal;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      for (const signal of signals) process.off(signal, passOn);
      if (asked !== null) process.exit(130);
      resolve({ code: code ?? 1, output });
    });
  });
}
