import { createServer, type RequestListener, type Server } from "node:http";

/** A server on a loopback port that can go away and come back under the same address. */
export async function listen(listener: RequestListener) {
  let server: Server | null = null;
  let port = 0;
  async function open(): Promise<void> {
    const opened = createServer(listener);
    await new Promise<void>((resolve) => {
      opened.listen(port, "127.0.0.1", resolve);
    });
    const address = opened.address();
    port = typeof address === "object" && address ? address.port : 0;
    server = opened;
  }
  async function close(): Promise<void> {
    const closing = server;
    server = null;
    closing?.closeAllConnections();
    await new Promise<void>((resolve) => (closing ? closing.close(() => resolve()) : resolve()));
  }
  await open();
  return { url: `http://127.0.0.1:${port}`, open, close };
}
