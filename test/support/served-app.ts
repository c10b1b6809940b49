import { createServer } from "node:http";
import { io, type Socket } from "socket.io-client";
import type { ServerEvents, SyncDays, SyncState } from "@/lib/contract/events";
import { createGate } from "@/server/http/gate";
import { openSocketServer } from "@/server/realtime/socket-server";
import { type App, type AppOptions, startApp } from "./app";
import { listenOnLoopback } from "./loopback";

export type ServedApp = Awaited<ReturnType<typeof serveApp>>;

/** An app whose watchers come through a real Socket.IO server on a loopback port, behind the gate. */
export async function serveApp(options: Omit<AppOptions, "broadcast"> = {}) {
  const server = createServer();
  const gate = createGate({ host: "127.0.0.1", publicOrigin: null });
  let app: App | null = null;
  const sockets = openSocketServer({
    server,
    allows: (request) => gate(request) === null,
    state: () => (app as App).composition.state(),
    onWatchersChanged: () => app?.composition.watchersChanged(),
  });
  const port = await listenOnLoopback(server);
  const url = `http://127.0.0.1:${port}`;
  const served = await startApp({ ...options, broadcast: sockets.broadcast });
  app = served;

  return {
    ...served,
    url,
    async stop(): Promise<void> {
      await served.composition.stopWork();
      sockets.disconnectAll();
      sockets.close();
      await served.stop();
    },
  };
}

/** A page that listens: everything it was told, in order. */
export async function watch(url: string, headers: Record<string, string> = {}, transports = ["websocket"]) {
  const socket: Socket<ServerEvents> = io(url, { transports, extraHeaders: headers, reconnection: false, forceNew: true });
  const heard = { states: [] as SyncState[], days: [] as SyncDays[], coverage: 0 };
  socket.on("sync:state", (state) => void heard.states.push(state));
  socket.on("sync:days", (days) => void heard.days.push(days));
  socket.on("coverage:changed", () => {
    heard.coverage += 1;
  });
  await new Promise<void>((resolve, reject) => {
    socket.on("connect", resolve);
    socket.on("connect_error", reject);
  });

  /** Resolves with the first state, old or new, that is as wanted. */
  async function stateWhen(wanted: (state: SyncState) => boolean): Promise<SyncState> {
    for (;;) {
      const found = heard.states.find(wanted);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return {
    heard,
    stateWhen,
    socket,
    /** The state in which this task is the last finished one. */
    ended: (taskId: string) => stateWhen((state) => state.last?.task_id === taskId),
    close: () => socket.disconnect(),
  };
}
