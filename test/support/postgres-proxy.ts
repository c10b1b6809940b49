import { createServer, connect, type Socket } from "node:net";

/** A byte stream that looks like this from the client is the simple query COMMIT of the PostgreSQL protocol. */
const COMMIT = Buffer.from("COMMIT\0");

const COPY = Buffer.from("COPY daily_stock_data");

/** What happens to the next COMMIT that passes: its answer gets lost, or it never arrives. */
export type CommitFault = "answer_lost" | "never_arrives";

/**
 * A line to PostgreSQL that can be cut: every connection dies and new ones are refused until `restore`. Connections that
 * die with a COMMIT are counted in `commitsLost`. It can also go silent: connections stay open, and no byte passes any more
 * in either direction, as on a line whose middle is gone.
 */
export async function startPostgresProxy(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const folder = target.searchParams.get("host");
  const port = Number(target.port || "5432");
  const dial = () => (folder ? connect(`${folder}/.s.PGSQL.${port}`) : connect(port, target.hostname));
  const sockets = new Set<Socket>();
  let isCut = false;
  let fault: CommitFault | null = null;
  let alsoCut = false;
  let commitsLost = 0;
  /** Connections on which nothing passes; `allSilent`: on none, new ones included. */
  const silent = new Set<Socket>();
  let allSilent = false;
  let silenceAtCopy: "line" | "everything" | null = null;
  let silenced = 0;

  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const upstream = dial();
    let answerLost = false;
    let inCopy = false;
    const isSilent = () => allSilent || silent.has(client);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        sockets.delete(socket);
        // On a line whose middle is gone the other side does not even hear that this one has left.
        if (isSilent() && !isCut) return;
        silent.delete(client);
        end();
      });
    }
    client.on("data", (chunk) => {
      if (isSilent()) return;
      if (silenceAtCopy && inCopy) {
        // The first rows are on their way, the others never arrive.
        upstream.write(chunk.subarray(0, 1_000));
        if (silenceAtCopy === "everything") allSilent = true;
        else silent.add(client);
        silenceAtCopy = null;
        silenced += 1;
        return;
      }
      if (chunk.includes(COPY)) inCopy = true;
      if (chunk.includes(COMMIT)) inCopy = false;
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
      if (answerLost) end();
      else if (!isSilent()) client.write(chunk);
    });
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
    /** New connections pass again; those that were silent have lost bytes and die. */
    restore() {
      if (allSilent || silent.size > 0) cut();
      isCut = false;
      allSilent = false;
      silent.clear();
    },
    /** The next COMMIT dies this way; `andStayAway`: new connections are refused from that moment on. */
    loseCommit(how: CommitFault, more: { andStayAway?: boolean } = {}) {
      fault = how;
      alsoCut = more.andStayAway ?? false;
    },
    commitsLost: () => commitsLost,
    /** From now on no byte passes, on old connections and on new ones. */
    blackhole() {
      allSilent = true;
    },
    /** The same for the connections that are open by now; new ones pass. */
    blackholeOpen() {
      for (const socket of sockets) silent.add(socket);
    },
    /** The same in the middle of the next COPY: on its connection alone, or on every one. */
    blackholeMidCopy(what: "line" | "everything") {
      silenceAtCopy = what;
    },
    /** How often a COPY was left in the middle. */
    silenced: () => silenced,
    async close(): Promise<void> {
      cut();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
