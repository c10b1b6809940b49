import { createServer, connect, type Socket } from "node:net";

const SPOKEN = "LISTEN sync_events";
/** As long as the real one, for the protocol counts bytes. */
const UNSPOKEN = "LISTEN silent_room";

/** A line to PostgreSQL through which everything works but hearing: LISTEN goes to a channel where nobody speaks, as behind a transaction pooler. */
export async function startDeafLine(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const folder = target.searchParams.get("host");
  const port = Number(target.port || "5432");
  const sockets = new Set<Socket>();
  let deafened = 0;
  const server = createServer((client) => {
    const upstream = folder ? connect(`${folder}/.s.PGSQL.${port}`) : connect(port, target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk) => {
      const at = chunk.indexOf(SPOKEN);
      if (at >= 0) {
        deafened += 1;
        chunk.write(UNSPOKEN, at);
      }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => client.write(chunk));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const url = new URL(databaseUrl);
  url.searchParams.delete("host");
  url.hostname = "127.0.0.1";
  url.port = String(typeof address === "object" && address ? address.port : 0);
  return {
    url: url.href,
    /** How often somebody began to listen in vain. */
    deafened: () => deafened,
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
