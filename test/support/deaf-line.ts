import { createServer, type Socket } from "node:net";
import { databaseThrough, dialPostgres, listenOnLoopback, stopListening } from "./loopback";

const SPOKEN = "LISTEN sync_events";
/** As long as the real one, for the protocol counts bytes. */
const UNSPOKEN = "LISTEN silent_room";

/** A line to PostgreSQL through which everything works but hearing: LISTEN goes to a channel where nobody speaks, as behind a transaction pooler. */
export async function startDeafLine(databaseUrl: string) {
  const sockets = new Set<Socket>();
  let deafened = 0;
  const server = createServer((client) => {
    const upstream = dialPostgres(databaseUrl);
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
  const port = await listenOnLoopback(server);
  return {
    url: databaseThrough(databaseUrl, port),
    /** How often somebody began to listen in vain. */
    deafened: () => deafened,
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await stopListening(server);
    },
  };
}
