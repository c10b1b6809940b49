import { createServer, type Socket } from "node:net";
import { databaseThrough, dialPostgres, listenOnLoopback, stopListening } from "./loopback";

/** A byte stream that looks like this from the client is the simple query COMMIT of the PostgreSQL protocol. */
const COMMIT = Buffer.from("COMMIT\0");

/** The same of the COPY of a day, and of its data that follow. */
const COPY = Buffer.from("COPY daily_stock_data");

/** What happens to the next COMMIT that passes: its answer gets lost, or it never arrives; or, of a day, the line goes silent behind it. */
export type CommitFault = "answer_lost" | "never_arrives" | "answer_held";

/** Which lines go silent: the one that is caught, all there are in that moment, or those that come later too. */
export type Silence = "line" | "all_lines" | "everything";

interface Line {
  isSilent: boolean;
  hangUp(): void;
}

/**
 * A line to PostgreSQL that can be cut: every connection dies and new ones are refused until `restore`. Connections that
 * die with a COMMIT are counted in `commitsLost`. A silent line is half-open: no byte passes, and neither side hears when
 * the other one hangs up.
 */
export async function startPostgresProxy(databaseUrl: string) {
  const sockets = new Set<Socket>();
  const lines = new Set<Line>();
  /** The line that says this falls silent with it. */
  let lastHeard: string | null = null;
  let silenceAtCopy: { of: Silence; begun(): void } | null = null;
  let isCut = false;
  /** New lines are silent, too, or stand still. */
  let newAreSilent = false;
  let isStalled = false;
  let fault: CommitFault | null = null;
  let alsoCut = false;
  let commitsLost = 0;

  // A silent line does not answer a good-bye either.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (isCut) return void client.destroy();
    const upstream = dialPostgres(databaseUrl);
    if (isStalled) for (const socket of [client, upstream]) socket.pause();
    let answerLost = false;
    let isCopying = false;
    let hasCopied = false;
    const hangUp = () => {
      lines.delete(line);
      client.destroy();
      upstream.destroy();
    };
    const line: Line = { isSilent: newAreSilent, hangUp };
    lines.add(line);
    const end = () => {
      if (!line.isSilent) hangUp();
    };
    const fallSilent = (of: Silence) => {
      if (of === "everything") newAreSilent = true;
      for (const one of of === "line" ? [line] : lines) one.isSilent = true;
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", end);
      socket.on("end", end);
      socket.on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on("data", (chunk) => {
      if (line.isSilent) return;
      if (lastHeard !== null && chunk.includes(lastHeard)) {
        lastHeard = null;
        fallSilent("line");
        return;
      }
      if (isCopying && silenceAtCopy) {
        // The first piece of the rows still arrives: the server is in the middle of the COPY from here on.
        upstream.write(chunk);
        fallSilent(silenceAtCopy.of);
        silenceAtCopy.begun();
        silenceAtCopy = null;
        return;
      }
      isCopying = chunk.includes(COPY);
      hasCopied ||= isCopying;
      if (fault === "answer_held") {
        upstream.write(chunk);
        if (!chunk.includes(COMMIT)) return;
        if (hasCopied) {
          commitsLost += 1;
          fault = null;
          fallSilent("line");
        }
        hasCopied = false;
        return;
      }
      if (fault && chunk.includes(COMMIT)) {
        commitsLost += 1;
        if (alsoCut) isCut = true;
        if (fault === "never_arrives") end();
        else answerLost = true;
        fault = null;
      }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (line.isSilent) return;
      if (answerLost) end();
      else client.write(chunk);
    });
  });
  const port = await listenOnLoopback(server);

  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: databaseThrough(databaseUrl, port),
    cut,
    /** Every line goes silent, also new ones: what is sent is lost, and nobody hears that the other side is gone. */
    blackhole() {
      newAreSilent = true;
      for (const line of lines) line.isSilent = true;
    },
    /** Every line stands still, also new ones; what was sent meanwhile arrives after `restore`. */
    stall() {
      isStalled = true;
      for (const socket of sockets) socket.pause();
    },
    /** New connections pass again; those that were silent have lost bytes and die. */
    restore() {
      isCut = false;
      newAreSilent = false;
      for (const line of lines) if (line.isSilent) line.hangUp();
      isStalled = false;
      for (const socket of sockets) socket.resume();
    },
    /** The next COMMIT dies this way; `andStayAway`: new connections are refused from that moment on. */
    loseCommit(how: CommitFault, more: { andStayAway?: boolean } = {}) {
      fault = how;
      alsoCut = more.andStayAway ?? false;
    },
    commitsLost: () => commitsLost,
    /** In the middle of the next COPY of a day lines fall silent for ever; resolves then. */
    silenceMidCopy: (of: Silence) =>
      new Promise<void>((begun) => {
        silenceAtCopy = { of, begun };
      }),
    /** The next line on which these words are said is dead from there on; they do not arrive. */
    silenceAt(words: string) {
      lastHeard = words;
    },
    /** All lines there are fall silent now. */
    silence() {
      for (const line of lines) line.isSilent = true;
    },
    /** Silent lines break at last: whoever waited on one hears of it. */
    hangUpSilent() {
      for (const line of lines) if (line.isSilent) line.hangUp();
    },
    async close(): Promise<void> {
      cut();
      await stopListening(server);
    },
  };
}
