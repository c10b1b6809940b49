import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ROOT } from "./project-files";

export interface RunningCli {
  child: ChildProcess & { stdout: NonNullable<ChildProcess["stdout"]> };
  /** What it has written so far. */
  written: { stdout: string; stderr: string };
  /** The exit code; null where a signal ended it. */
  ended: Promise<number | null>;
}

/** `npm run sync -- …` as a process of its own. Whoever starts it sees to its end. */
export function startCli(url: string, ...argv: string[]): RunningCli {
  const child = spawn(process.execPath, [join(ROOT, "server", "bootstrap.mjs"), "sync", ...argv], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      NODE_ENV: "production",
      DAYFILL_NO_DOTENV: "1",
      DAYFILL_URL: url,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (written[name] += text));
  return { child, written, ended: once(child, "close").then(([code]) => code as number | null) };
}
