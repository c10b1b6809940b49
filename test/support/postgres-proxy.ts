import { createServer, connect, type Socket } from "node:net";

/** A byte stream that looks like this from the client is the simple query COMMIT of the PostgreSQL protocol. */
const COMMIT = Buffer.from("COMMIT\0");

/** What happens to the next COMMIT that passes: its answer gets lost, or it never arrives. */
export type CommitFault = "answer_lost" | "never_arrives";

/**
 * A line to PostgreSQL that can be cut: every connection dies and new ones are refused until `restore`. Connections that
 * die with a COMMIT are counted in `commitsLost`.
 */
export async function startPostgresProxy(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const folder = target.searchParams.get("host");
  const port = Number(target.port || "5432");
  const dial = () => (folder ? connect(`${folder}/.s.PGSQL.${port}`) : connect(port, target.hostname));
  const sockets = new Set<Socket>();
  let isCut = false;
  let isBlackhole = false;
  let fault: CommitFault | null = null;
  let alsoCut = false;
  let commitsLost = 0;

  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const upstream = dial();
    if (isBlackhole) for (const socket of [client, upstream]) socket.pause();
    let answerLost = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on("data", (chunk) => {
      if (fault && chunk.includes(COMMIT)) {
        commitsLost += 1;
        if (alsoCut) isCut = true;
        if (fault === "never_arrives") end();
        else answerLost = true;
        fault = null;
      }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => (answerLost ? end() : client.write(chunk)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const url = new URL(databaseUrl);
  url.searchParams.delete("host");
  url.hostname = "127.0.0.1";
  url.port = String(typeof address === "object" && address ? address.port : 0);

  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    cut,
    /** Keeps every connection open and passes no byte either way, also on new ones: what a dead router or a pulled plug looks like. */
    blackhole() {
      isBlackhole = true;
      for (const socket of sockets) socket.pause();
    },
    restore() {
      isCut = false;
      isBlackhole = false;
      for (const socket of sockets) socket.resume();
    },
    /** The next COMMIT dies this way; `andStayAway`: new connections are refused from that moment on. */
    loseCommit(how: CommitFault, more: { andStayAway?: boolean } = {}) {
      fault = how;
      alsoCut = more.andStayAway ?? false;
    },
    commitsLost: () => commitsLost,
    async close(): Promise<void> {
      cut();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
