import type { IncomingMessage, Server as HttpServer } from "node:http";
import { Server } from "socket.io";
import {
  type ClientEvents,
  type CoverageChanged,
  type ServerEvents,
  SOCKET_PATH,
  type SyncDays,
  type SyncState,
} from "@/lib/contract/events";

/**
 * A socket that has more than this unsent, or as many packets waiting behind it, is dropped: a slow reader must not cost the
 * others memory. It comes back and reads afresh.
 */
const MAX_UNSENT_BYTES = 1024 * 1024;
const MAX_UNSENT_PACKETS = 64;

export interface Broadcast {
  state(state: SyncState): void;
  days(days: SyncDays): void;
  coverage(range: CoverageChanged): void;
  schedule(): void;
  watching(): number;
}

export interface SocketServerOptions {
  server: HttpServer;
  /** The gate: true = this upgrade may come in. `cors` would not guard WebSockets. */
  allows(request: IncomingMessage): boolean;
  /** Sent on connect. */
  state(): SyncState;
  onWatchersChanged(): void;
}

/** What the types of a connection leave out. */
interface Connection {
  transport: { socket?: { bufferedAmount: number; terminate(): void } };
  writeBuffer: unknown[];
}

/** Socket.IO on the server of pages and REST. Facts come down; whatever a browser sends up is not listened to. */
export function openSocketServer(options: SocketServerOptions) {
  const io = new Server<ClientEvents, ServerEvents>(options.server, {
    path: SOCKET_PATH,
    // Next's dev server has its own upgrades on this server.
    destroyUpgrade: false,
    serveClient: false,
    maxHttpBufferSize: 16 * 1024,
    allowRequest: (request, answer) => answer(null, options.allows(request)),
  });

  io.on("connection", (socket) => {
    socket.emit("sync:state", options.state());
    options.onWatchersChanged();
    socket.on("disconnect", options.onWatchersChanged);
  });

  function dropSlowReaders(): void {
    for (const { conn } of io.sockets.sockets.values()) {
      const { transport, writeBuffer } = conn as unknown as Connection;
      const isSlow = (transport.socket?.bufferedAmount ?? 0) > MAX_UNSENT_BYTES || writeBuffer.length > MAX_UNSENT_PACKETS;
      if (!isSlow) continue;
      // Cut, not closed: a farewell would wait behind all that is not read.
      if (transport.socket) transport.socket.terminate();
      else conn.close(true);
    }
  }

  const broadcast: Broadcast = {
    // Volatile: a socket that cannot take it now gets the next one, which says everything again.
    state(state) {
      dropSlowReaders();
      io.volatile.emit("sync:state", state);
    },
    days(days) {
      dropSlowReaders();
      io.emit("sync:days", days);
    },
    coverage: (range) => io.emit("coverage:changed", range),
    schedule: () => io.emit("schedule:changed"),
    watching: () => io.engine?.clientsCount ?? 0,
  };
  return { broadcast, disconnectAll: () => io.disconnectSockets(true), close: () => void io.close() };
}

export type SocketServer = ReturnType<typeof openSocketServer>;
