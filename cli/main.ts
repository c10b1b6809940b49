import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { EXIT } from "./exit-codes";
import { run } from "./run";

/** npm and the terminal may both pass on one Ctrl-C: what comes so soon is the same one. */
const SAME_INTERRUPT_MS = 300;

const first = new AbortController();
const second = new AbortController();
let interruptedAt = Number.NEGATIVE_INFINITY;

function interrupt(): void {
  const now = performance.now();
  if (now - interruptedAt < SAME_INTERRUPT_MS) return;
  interruptedAt = now;
  if (second.signal.aborted) process.exit(EXIT.interrupted);
  (first.signal.aborted ? second : first).abort(new Error("interrupted"));
}

/** The `.env` of the server knows its port; what the terminal says comes first. */
function environment(): Record<string, string | undefined> {
  if (process.env["DAYFILL_NO_DOTENV"] !== undefined) return process.env;
  try {
    return { ...parseEnv(readFileSync(".env", "utf8")), ...process.env };
  } catch {
    return process.env;
  }
}

process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
// A reader such as `head` that has enough is no fault.
process.stdout.on("error", () => process.exit(EXIT.good));

run(process.argv.slice(2), {
  environment: environment(),
  stdout: process.stdout,
  stderr: process.stderr,
  interrupts: { first: first.signal, second: second.signal },
}).then(
  // What was written to a pipe is on its way until this comes back.
  (exitCode) => process.stdout.write("", () => process.exit(exitCode)),
  (error: unknown) => {
    console.error(error);
    process.exit(EXIT.usage);
  },
);
