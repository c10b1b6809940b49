import { connect, type Socket } from "node:net";
import { SourceError } from "@/server/sync/errors";
import { createFrameReader, encodeFrame, type Frame } from "./frame";

export interface LineOptions {
  host: string;
  port: number;
  connectTimeoutMs: number;
  /** From a request to the last byte of its answer. */
  answerTimeoutMs: number;
}

/** The line broke while or before it was used: worth one more try on a new one, at once. */
export class LineDroppedError extends SourceError {
  constructor(kind: "unreachable" | "stalled", detail: string, cause?: unknown) {
    super("broken", { kind, detail }, { cause });
    this.name = "LineDroppedError";
  }
}

/** One TCP connection that carries one request at a time. After any fault it is closed, and every further request is refused. */
export interface Line {
  /** Rejects with SourceError, or with the signal's reason at once; the socket is gone then. */
  ask(request: Frame, signal: AbortSignal): Promise<Frame>;
  isOpen(): boolean;
  close(): void;
  /** Settles when the socket is gone: before that a new line would be a second one. */
  closed: Promise<void>;
}

interface Waiting {
  resolve(frame: Frame): void;
  reject(error: unknown): void;
}

/** Connects. Rejects with SourceError `unreachable` or `no_answer`, or with the signal's reason. */
export async function openLine(options: LineOptions, signal: AbortSignal): Promise<Line> {
  const { host, port } = options;
  const name = `${host}:${port}`;
  signal.throwIfAborted();
  const socket = connect({ host, port, noDelay: true, keepAlive: true });
  const reader = createFrameReader();
  let waiting: Waiting | null = null;
  let fault: unknown = null;

  function fail(error: unknown): void {
    fault ??= error;
    socket.destroy();
    const { reject } = waiting ?? {};
    waiting = null;
    reject?.(error);
  }

  /** Waits for what settles `waiting`, no longer than the deadline and the signal let it. */
  async function waitFor(timeoutMs: number, abort: AbortSignal, begin: () => void): Promise<Frame> {
    const timer = setTimeout(() => fail(noAnswer(name, timeoutMs)), timeoutMs);
    const onAbort = () => fail(abort.reason);
    abort.addEventListener("abort", onAbort, { once: true });
    try {
      return await new Promise<Frame>((resolve, reject) => {
        waiting = { resolve, reject };
        begin();
      });
    } finally {
      clearTimeout(timer);
      abort.removeEventListener("abort", onAbort);
    }
  }

  function settle(frame: Frame): void {
    const { resolve } = waiting ?? {};
    waiting = null;
    if (resolve) resolve(frame);
    else fail(new SourceError("broken", { kind: "protocol", detail: "an answer came that nobody had asked for" }));
  }

  socket.on("data", (chunk: Buffer) => {
    try {
      for (const frame of reader.push(chunk)) settle(frame);
    } catch (error) {
      fail(error);
    }
  });
  const drop = droppedBy(socket, name, reader.isMidFrame);
  socket.on("error", (error) => fail(drop(error)));
  const closed = new Promise<void>((resolve) => {
    socket.on("close", () => {
      fail(drop());
      resolve();
    });
  });

  await waitFor(options.connectTimeoutMs, signal, () => {
    socket.once("connect", () => settle({ type: "", body: "" }));
  });
  return {
    async ask(request, abort) {
      abort.throwIfAborted();
      if (fault !== null) throw fault as Error;
      return waitFor(options.answerTimeoutMs, abort, () => socket.write(encodeFrame(request)));
    },
    isOpen: () => fault === null,
    close: () => fail(new LineDroppedError("unreachable", `${name}: closed by us`)),
    closed,
  };
}

/** What a line that broke says: before it stood it is unreachable, and trying again at once would not help. */
function droppedBy(socket: Socket, name: string, isMidFrame: () => boolean): (error?: Error) => SourceError {
  let stood = false;
  socket.once("connect", () => {
    stood = true;
  });
  return (error) => {
    const words = error ? `${name}: ${error.message}` : `${name}: the connection was closed`;
    if (!stood) return new SourceError("broken", { kind: "unreachable", detail: words }, { cause: error });
    return new LineDroppedError(isMidFrame() ? "stalled" : "unreachable", words, error);
  };
}

function noAnswer(name: string, timeoutMs: number): SourceError {
  return new SourceError("broken", { kind: "no_answer", seconds: Math.round(timeoutMs / 100) / 10, detail: name });
}
