import { connect, createServer, type Socket } from "node:net";
import { listenOnLoopback, stopListening } from "./loopback";

/** A line between a browser and a server that can be cut (open connections die, new ones are refused) and mended. */
export interface WebProxy {
  url: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** `serverUrl` is asked for each connection where it is a function: a server that was started again listens elsewhere. */
export async function startWebProxy(serverUrl: string | (() => string)): Promise<WebProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const target = new URL(typeof serverUrl === "string" ? serverUrl : serverUrl());
    const upstream = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const port = await listenOnLoopback(server);
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    mend() {
      isCut = false;
    },
    async close() {
      cut();
      await stopListening(server);
    },
  };
}
