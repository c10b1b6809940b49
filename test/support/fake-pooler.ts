import { randomInt } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { Client } from "pg";
import { databaseThrough, listenOnLoopback, stopListening } from "./loopback";
import { framed, int32, packet, query } from "./postgres-wire";

/**
 * How it lends its servers: until the client leaves, or until the transaction is over. `which`: the server that was given
 * back last (pgbouncer), the one that rests longest, or always the same to the same client as far as that is possible.
 */
export interface PoolerOptions {
  mode: "session" | "transaction";
  size?: number;
  which?: "last" | "longest" | "same";
}

const SSL_REQUEST = 80877103;
const STARTUP_CODE_AT = 4;

interface Server {
  stream: Socket;
  /** Whoever has it now; null = it rests. */
  lentTo: FakeClient | null;
  lastLentTo: FakeClient | null;
  /** Called at the next ReadyForQuery instead of anybody else. */
  whenReady: (() => void) | null;
}

interface FakeClient {
  socket: Socket;
  server: Server | null;
  waiting: Buffer[];
  /** Queries and syncs without a ReadyForQuery yet. */
  open: number;
  applicationName: string;
}

/** A pooler as PostgreSQL clients meet it: it lets everybody in by itself and lends few servers to many. */
export async function startFakePooler(databaseUrl: string, options: PoolerOptions) {
  const { mode, size = 3, which = "last" } = options;
  const resting: Server[] = [];
  const all = new Set<Server>();
  const queue: FakeClient[] = [];
  const clients = new Set<FakeClient>();

  /** Opened and let in by pg, then taken over as a bare socket. */
  async function openServer(): Promise<Server> {
    const login = new Client({ connectionString: databaseUrl });
    login.on("error", () => {});
    await login.connect();
    const { stream } = (login as unknown as { connection: { stream: Socket } }).connection;
    stream.removeAllListeners("data");
    const server: Server = { stream, lentTo: null, lastLentTo: null, whenReady: null };
    stream.on(
      "data",
      framed((message) => fromServer(server, message)),
    );
    stream.on("close", () => {
      all.delete(server);
      if (resting.includes(server)) resting.splice(resting.indexOf(server), 1);
      // Whoever had it falls with it.
      server.lentTo?.socket.destroy();
    });
    all.add(server);
    return server;
  }

  function fromServer(server: Server, message: Buffer): void {
    const isReady = message[0] === "Z".charCodeAt(0);
    if (server.whenReady) {
      if (isReady) server.whenReady();
      return;
    }
    const client = server.lentTo;
    // Nobody is on the line: this is why a pooler in transaction mode makes LISTEN deaf.
    if (!client) return;
    client.socket.write(message);
    if (!isReady) return;
    client.open -= 1;
    const isIdle = message[5] === "I".charCodeAt(0);
    if (mode === "transaction" && isIdle && client.open === 0) giveBack(server);
  }

  function giveBack(server: Server): void {
    if (server.lentTo) server.lentTo.server = null;
    server.lentTo = null;
    const next = queue.shift();
    if (next) lend(server, next);
    else resting.push(server);
  }

  function lend(server: Server, client: FakeClient): void {
    const flush = () => {
      server.whenReady = null;
      server.lentTo = client;
      server.lastLentTo = client;
      client.server = server;
      for (const message of client.waiting.splice(0)) server.stream.write(message);
    };
    if (mode === "transaction") return flush();
    // Tracked for the client, as pgbouncer does.
    server.whenReady = flush;
    server.stream.write(query(`SET application_name = '${client.applicationName}'`));
  }

  function pick(client: FakeClient): Server | undefined {
    if (which === "last") return resting.pop();
    if (which === "longest") return resting.shift();
    const before = resting.findIndex((server) => server.lastLentTo === client);
    const fresh = resting.findIndex((server) => server.lastLentTo === null);
    return resting.splice(before >= 0 ? before : Math.max(fresh, 0), 1)[0];
  }

  function fromClient(client: FakeClient, message: Buffer): void {
    const kind = String.fromCharCode(message[0] ?? 0);
    if (kind === "X") return void client.socket.end();
    if (kind === "Q" || kind === "S") client.open += 1;
    if (client.server) return void client.server.stream.write(message);
    client.waiting.push(message);
    if (client.waiting.length > 1) return;
    const server = pick(client);
    if (server) lend(server, client);
    else queue.push(client);
  }

  function leave(client: FakeClient): void {
    clients.delete(client);
    if (queue.includes(client)) queue.splice(queue.indexOf(client), 1);
    const { server } = client;
    if (!server) return;
    server.lentTo = null;
    if (client.open > 0) return void server.stream.destroy();
    server.whenReady = () => {
      server.whenReady = null;
      giveBack(server);
    };
    server.stream.write(query(mode === "session" ? "DISCARD ALL" : "ROLLBACK"));
  }

  const server = createServer((socket) => {
    const client: FakeClient = { socket, server: null, waiting: [], open: 0, applicationName: "" };
    clients.add(client);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => leave(client));
    letIn(client, (message) => fromClient(client, message));
  });
  for (let index = 0; index < size; index += 1) resting.push(await openServer());
  const port = await listenOnLoopback(server);

  return {
    url: databaseThrough(databaseUrl, port),
    resting: () => resting.length,
    async close(): Promise<void> {
      for (const client of clients) client.socket.destroy();
      for (const { stream } of all) stream.destroy();
      await stopListening(server);
    },
  };
}

/** Answers the first packets of a connection: no TLS, no password, a key of our own, ready. */
function letIn(client: FakeClient, onMessage: (message: Buffer) => void): void {
  let before: Buffer = Buffer.alloc(0);
  const greet = (chunk: Buffer) => {
    before = Buffer.concat([before, chunk]);
    if (before.length < 8 || before.length < before.readInt32BE(0)) return;
    const hello = before.subarray(0, before.readInt32BE(0));
    before = before.subarray(hello.length);
    if (hello.readInt32BE(STARTUP_CODE_AT) === SSL_REQUEST) return void client.socket.write("N");
    client.socket.off("data", greet);
    client.applicationName = /application_name\0([^\0]*)/.exec(hello.toString("latin1"))?.[1] ?? "";
    client.socket.write(
      Buffer.concat([
        packet("R", int32(0)),
        packet("K", Buffer.concat([int32(randomInt(2 ** 30, 2 ** 31 - 1)), int32(7)])),
        packet("Z", Buffer.from("I")),
      ]),
    );
    const listen = framed(onMessage);
    client.socket.on("data", listen);
    if (before.length > 0) listen(before);
  };
  client.socket.on("data", greet);
}
