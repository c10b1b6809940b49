import { SourceError } from "@/server/sync/errors";
import type { Clock } from "@/server/sync/ports";
import { SEPARATOR } from "./frame";
import { type Line, type LineOptions, LineDroppedError, openLine } from "./line";
import { refusalOfBaostock } from "./refusal";
import { createLoginPace } from "./login-pace";
import { createSerial } from "@/server/sources/calls/serial";

/** The public account. */
export const USER = "anonymous";
const PASSWORD = "123456";
const OK = "0";
const NOT_LOGGED_IN = "10001001";
/** A refusal may come under this type, whatever was asked. */
const ERROR_TYPE = "04";
const CLOSE_MS = 1_000;

/** A question: type of its frame, type of its answer, and its fields. */
export interface Question {
  type: string;
  answerType: string;
  fields: readonly (string | number)[];
}

export interface ClientOptions extends LineOptions {
  clock: Clock;
  /** A line that nobody used for so long is logged out and closed. */
  idleMs: number;
}

/** One connection of this process to Baostock, and never a second one: eight at a time get an address blacklisted. */
export interface BaostockClient {
  /** The fields of the answer, "0" and "success" first. Questions stand in line. Rejects with SourceError or the signal's reason. */
  ask(question: Question, signal: AbortSignal): Promise<string[]>;
  /** Logs out and closes the line; the next question opens a new one. */
  close(): Promise<void>;
}

/**
 * Connects and logs in when a question needs it; a line that dropped is replaced once for a question. However badly things
 * go, the logins of any minute are few (`createLoginPace`): questions wait for theirs.
 */
export function createBaostockClient(options: ClientOptions): BaostockClient {
  const oneAtATime = createSerial();
  const pace = createLoginPace(options.clock);
  const never = new AbortController().signal;
  let line: Line | null = null;
  let idle: NodeJS.Timeout | undefined;

  async function askLine(on: Line, { type, answerType, fields }: Question, signal: AbortSignal): Promise<string[]> {
    const frame = await on.ask({ type, body: fields.join(SEPARATOR) }, signal);
    const answer = frame.body.split(SEPARATOR);
    if (frame.type === answerType || (frame.type === ERROR_TYPE && answer[0] !== OK)) return answer;
    on.close();
    throw new SourceError("broken", { kind: "protocol", detail: `an answer of type ${frame.type} to ${fields[0]}` });
  }

  async function logIn(on: Line, signal: AbortSignal): Promise<void> {
    const fields = ["login", USER, PASSWORD, "0"];
    const answer = await askLine(on, { type: "00", answerType: "01", fields }, signal);
    if (answer[0] === OK) return;
    on.close();
    throw refusalOfBaostock(answer);
  }

  async function openAndLogIn(signal: AbortSignal): Promise<Line> {
    await line?.closed;
    await pace.take(signal);
    const opened = await openLine(options, signal);
    line = opened;
    await logIn(opened, signal);
    return opened;
  }

  async function askOnce(question: Question, signal: AbortSignal): Promise<string[]> {
    const on = line?.isOpen() ? line : await openAndLogIn(signal);
    let answer = await askLine(on, question, signal);
    if (answer[0] === NOT_LOGGED_IN) {
      await pace.take(signal);
      await logIn(on, signal);
      answer = await askLine(on, question, signal);
    }
    if (answer[0] === OK) return answer;
    // A server that refuses is left alone: no line is kept open to it.
    on.close();
    throw refusalOfBaostock(answer);
  }

  async function askTwice(question: Question, signal: AbortSignal): Promise<string[]> {
    try {
      return await askOnce(question, signal);
    } catch (error) {
      if (!(error instanceof LineDroppedError) || signal.aborted) throw error;
      return askOnce(question, signal);
    }
  }

  async function logOut(): Promise<void> {
    const on = line;
    if (!on?.isOpen()) return;
    const time = new Date(options.clock.now()).toISOString().replace(/\D/g, "").slice(0, 14);
    const question = { type: "02", answerType: "03", fields: ["logout", USER, time] };
    await askLine(on, question, AbortSignal.timeout(CLOSE_MS)).catch(() => {});
    on.close();
    await on.closed;
  }

  function close(): Promise<void> {
    clearTimeout(idle);
    return oneAtATime(never, logOut);
  }

  return {
    ask: (question, signal) =>
      oneAtATime(signal, async () => {
        clearTimeout(idle);
        try {
          return await askTwice(question, signal);
        } finally {
          // Set anew by every question; a process that ends does not wait for it.
          idle = setTimeout(() => void close(), options.idleMs).unref();
        }
      }),
    close,
  };
}
