import { createServer, type RequestListener, type Server } from "node:http";
import { listenOnLoopback, stopListening } from "../support/loopback";

/** A server on a loopback port that can go away and come back under the same address. */
export async function listen(listener: RequestListener) {
  let server: Server | null = null;
  let port = 0;
  async function open(): Promise<void> {
    const opened = createServer(listener);
    port = await listenOnLoopback(opened, port);
    server = opened;
  }
  async function close(): Promise<void> {
    const closing = server;
    server = null;
    closing?.closeAllConnections();
    if (closing) await stopListening(closing);
  }
  await open();
  return { url: `http://127.0.0.1:${port}`, open, close };
}
