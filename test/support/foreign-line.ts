import { createServer } from "node:net";
import { connectionsOf, databaseThrough, dialPostgres, listenOnLoopback, stopListening } from "./loopback";
import { framed } from "./postgres-wire";

/** What becomes of a message of the server on its way: another one instead, the end of the line, or silence from there on. */
export type OnTheWay = (kind: string, message: Buffer) => Buffer | "cut" | "silence";

export const untouched: OnTheWay = (_kind, message) => message;

/** The line falls silent, is cut, or carries a byte a second, behind so many pieces of the rows of a COPY. */
export const behindRows =
  (pieces: number, then: "cut" | "silence"): (() => OnTheWay) =>
  () => {
    let seen = 0;
    return (kind, message) => {
      if (kind === "d") seen += 1;
      return seen > pieces ? then : message;
    };
  };

/** The server says that it sent another number of rows than it did. */
export const anotherCount = (): OnTheWay => (kind, message) => {
  const copied = kind === "C" ? /COPY (\d+)\0$/.exec(message.toString("latin1"))?.[1] : undefined;
  if (copied === undefined) return message;
  const tag = Buffer.from(`COPY ${Number(copied) + 1}\0`);
  const head = Buffer.from("C\0\0\0\0", "latin1");
  head.writeInt32BE(tag.length + 4, 1);
  return Buffer.concat([head, tag]);
};

/** A line to a PostgreSQL that understands what the server says, and meddles with it. */
export async function startForeignLine(databaseUrl: string) {
  const line = { meddler: (): OnTheWay => untouched, isRefusing: false };
  const server = createServer((client) => {
    if (line.isRefusing) return void client.destroy();
    const upstream = dialPostgres(databaseUrl);
    const meddle = line.meddler();
    let isSilent = false;
    const read = framed((message) => {
      if (isSilent) return;
      const sent = meddle(message.toString("latin1", 0, 1), message);
      if (sent === "cut") client.destroy();
      else if (sent === "silence") isSilent = true;
      else client.write(sent);
    });
    upstream.on("data", read);
    client.on("data", (chunk) => upstream.write(chunk));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  const open = connectionsOf(server);
  const port = await listenOnLoopback(server);
  return {
    url: databaseThrough(databaseUrl, port),
    /** What new lines do with what the server says. */
    meddle(how: () => OnTheWay): void {
      line.meddler = how;
    },
    /** New lines are closed at once: nobody is there. */
    refuse(): void {
      line.isRefusing = true;
    },
    heal(): void {
      line.meddler = () => untouched;
      line.isRefusing = false;
    },
    async close(): Promise<void> {
      for (const socket of open) socket.destroy();
      await stopListening(server);
    },
  };
}

export type ForeignLine = Awaited<ReturnType<typeof startForeignLine>>;
