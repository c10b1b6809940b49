import type { ProblemCode } from "@/lib/contract/problem";
import { type Asked, readArguments } from "./arguments";
import { createClient } from "./client";
import { carryOut } from "./commands";
import { EXIT } from "./exit-codes";
import { InterruptedError, RefusedError, UnreachableError, UsageError } from "./faults";
import { humanOutput, jsonOutput, type Output, type Sink } from "./output";
import { type Language, languageNamed, languageOfTerminal, type Say, sayIn } from "./text";
import type { Interrupts } from "./watch";

/** How often a watched task is looked at. */
const LOOK_EVERY_MS = 500;
const STANDARD_PORT = "8000";
/** Refusals that pass by themselves: a script may come again. */
const BUSY: ReadonlySet<ProblemCode> = new Set<ProblemCode>(["sync_already_running", "queue_full", "source_being_tested"]);

/** What the command line has of the world. */
export interface World {
  environment: Readonly<Record<string, string | undefined>>;
  stdout: Sink;
  stderr: Sink;
  interrupts: Interrupts;
  lookEveryMs?: number;
  /** Of the calls; see client.ts. */
  times?: { deadlineMs?: number; pausesMs?: readonly number[] };
}

/** Runs one command line to its end and answers the exit code; never throws for what can go wrong with a server. */
export async function run(argv: readonly string[], world: World): Promise<number> {
  const { environment, stdout, stderr, interrupts } = world;
  const wanted = languageWanted(argv);
  const language: Language = languageNamed(wanted ?? "") ?? languageOfTerminal(environment);
  const say = sayIn(language);
  // Known before the rest is read: a mistake in it is answered in the same way.
  const output: Output = argv.includes("--json") ? jsonOutput(stdout) : humanOutput(say, stdout, stderr);
  let url = "";
  try {
    if (wanted !== null && !languageNamed(wanted)) throw new UsageError("badLanguage", { got: wanted });
    const asked = readArguments(argv);
    url = urlOf(asked, environment);
    const client = createClient({
      url,
      language,
      operator: asked.operator ?? environment["DAYFILL_OPERATOR"] ?? null,
      interrupt: interrupts.first,
      ...world.times,
    });
    url = client.url;
    const { patienceMs, cancelOnInterrupt } = asked;
    const lookEveryMs = world.lookEveryMs ?? LOOK_EVERY_MS;
    return await carryOut(asked, { client, output, say, interrupts, lookEveryMs, patienceMs, cancelOnInterrupt });
  } catch (error) {
    const end = endOf(error, say, url);
    output.end(end.exitCode, { error: end.error });
    output.remark(...end.lines);
    return end.exitCode;
  }
}

interface End {
  exitCode: number;
  lines: string[];
  error: object;
}

/** What is said of an error, and what a program reads of it. Throws what is none of ours. */
function endOf(error: unknown, say: Say, url: string): End {
  if (error instanceof UsageError) {
    const message = say(`cli.${error.key}`, error.params);
    return { exitCode: EXIT.usage, lines: [message], error: { code: "usage", message } };
  }
  if (error instanceof InterruptedError) {
    const message = say(`cli.${error.key}`, error.params);
    return { exitCode: EXIT.interrupted, lines: [message], error: { code: "interrupted", message } };
  }
  if (error instanceof UnreachableError) {
    const message = say("cli.unreachable", { url, detail: say(`cli.detail.${error.key}`, error.params) });
    return { exitCode: EXIT.unreachable, lines: [message, say("cli.unreachableHint")], error: { code: "unreachable", message } };
  }
  if (!(error instanceof RefusedError)) throw error;
  const { status: _, ...failure } = error.failure;
  const busy = failure.current_task;
  const lines = [failure.message];
  if (busy) {
    const { task_id: task, start_date: start, end_date: end, progress, started_by } = busy;
    lines.push(say("cli.busyWith", { task, start, end, percent: progress.progress_percent, by: started_by ?? "none" }));
  }
  return { exitCode: BUSY.has(failure.code) ? EXIT.busy : EXIT.usage, lines, error: failure };
}

function languageWanted(argv: readonly string[]): string | null {
  const at = argv.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const word = argv[at];
  if (word === undefined) return null;
  return word === "--lang" ? (argv[at + 1] ?? "") : word.slice("--lang=".length);
}

function urlOf(asked: Asked, environment: World["environment"]): string {
  const said = asked.url ?? environment["DAYFILL_URL"];
  const text = said || `http://localhost:${environment["PORT"] || STANDARD_PORT}`;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError("badUrl", { got: text });
}
