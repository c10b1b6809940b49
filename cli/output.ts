import type { Progress } from "@/lib/contract/task";
import { barLine, plainLine } from "./lines";
import type { Say } from "./text";
import { harmless } from "./width";

/** A stream to write to, as a terminal or not. */
export interface Sink {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** How a command talks: to a person, or to a program by `--json`. */
export interface Output {
  /** Lines for people. */
  say(...lines: string[]): void;
  /** A remark beside the result: on standard error. */
  remark(...lines: string[]): void;
  /** The task as it stands; called often, shown when something changed. */
  progress(progress: Progress): void;
  /** The last word of the command, with what a program wants to know. */
  end(exitCode: number, result: { data: unknown } | { error: object }): void;
}

/** On plain output a line comes with every change of status, every new failure and every so many percent. */
const PLAIN_STEP_PERCENT = 5;

/** Some terminals say 0. */
const STANDARD_COLUMNS = 80;

/** One line that is drawn over on a terminal, else a line now and then. */
export function humanOutput(say: Say, stdout: Sink, stderr: Sink): Output {
  let drawn = "";
  let told = "";

  const erase = () => {
    if (drawn) stdout.write("\r\u001B[2K");
  };
  function write(sink: Sink, lines: readonly string[]): void {
    erase();
    for (const line of lines) sink.write(`${harmless(line)}\n`);
    if (drawn) stdout.write(drawn);
  }

  return {
    say: (...lines) => write(stdout, lines),
    remark: (...lines) => write(stderr, lines),
    progress(progress) {
      if (stdout.isTTY) {
        const line = harmless(barLine(say, progress, (stdout.columns || STANDARD_COLUMNS) - 1));
        if (line === drawn) return;
        erase();
        stdout.write(line);
        drawn = line;
        return;
      }
      const step = Math.floor(progress.progress_percent / PLAIN_STEP_PERCENT);
      const news = `${progress.status} ${step} ${progress.failed}`;
      if (news === told) return;
      told = news;
      stdout.write(`${harmless(plainLine(say, progress))}\n`);
    },
    end() {
      if (drawn) stdout.write("\n");
      drawn = "";
    },
  };
}

/** One JSON object a line: `progress` with every change, and `end` as the last one, always. */
export function jsonOutput(stdout: Sink): Output {
  let told = "";
  const line = (object: object) => void stdout.write(`${JSON.stringify(object)}\n`);
  return {
    say() {},
    remark() {},
    progress(progress) {
      const news = `${progress.task_id} ${progress.seq} ${progress.status}`;
      if (news === told) return;
      told = news;
      line({ type: "progress", progress });
    },
    end: (exitCode, result) => line({ type: "end", exit_code: exitCode, ...result }),
  };
}
