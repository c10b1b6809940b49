import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { io } from "socket.io-client";
import { afterEach, expect, test } from "vitest";
import { SOCKET_PATH, type SyncDays, type SyncState } from "@/lib/contract/events";
import { openSocketServer } from "@/server/realtime/socket-server";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve() {
  const server = createServer();
  const sockets = openSocketServer({ server, allows: () => true, state: () => ({}) as SyncState, onWatchersChanged: () => {} });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => sockets.close());
  const { port } = server.address() as { port: number };
  return { broadcast: sockets.broadcast, port };
}

/** A browser tab whose machine went to sleep: connected by the protocol's own words, and then it reads nothing more. */
async function aSleeper(port: number) {
  const socket = connect(port, "127.0.0.1");
  closing.push(() => socket.destroy());
  const key = Buffer.from("sixteen bytes ok").toString("base64");
  socket.write(
    `GET ${SOCKET_PATH}/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  await once(socket, "data");
  // A masked text frame (mask of zeros) with "40": please connect me.
  socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]));
  await once(socket, "data");
  socket.pause();
  return socket;
}

const delta = (seq: number, padding: string): SyncDays => ({ task_id: padding, days_seq: seq, days: [] });

test("a reader that stopped reading is dropped, and the others hear everything in time", async () => {
  const { broadcast, port } = await serve();
  const reader = io(`http://127.0.0.1:${port}`, { path: SOCKET_PATH, transports: ["websocket"] });
  closing.push(() => reader.close());
  const heard: number[] = [];
  reader.on("sync:days", ({ days_seq }: SyncDays) => heard.push(days_seq));
  await once(reader as never, "connect");
  await aSleeper(port);
  expect(broadcast.watching()).toBe(2);

  const padding = "x".repeat(256 * 1024);
  let seq = 0;
  while (broadcast.watching() === 2) {
    seq += 1;
    if (seq > 1_000) throw new Error("after a thousand packets the sleeper is still there");
    broadcast.days(delta(seq, padding));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  broadcast.days(delta(seq + 1, "the last one"));
  while (heard.at(-1) !== seq + 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(heard).toEqual(Array.from({ length: seq + 1 }, (_, index) => index + 1));
  expect(broadcast.watching()).toBe(1);
});
