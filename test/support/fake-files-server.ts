import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { connectionsOf, listenOnLoopback, stopListening } from "./loopback";

/** What the server does instead of serving the file. */
export type Fault =
  | { kind: "status"; status: number; headers?: Record<string, string>; body?: string }
  /** Accepts the request and never answers. */
  | { kind: "silence" }
  /** One byte of the file every `everyMs`. */
  | { kind: "drip"; everyMs: number }
  /** All but the last hundredth, and then nothing. */
  | { kind: "stall" }
  /** Says the whole length and hangs up in the middle. */
  | { kind: "cut" }
  /** `Content-Encoding: gzip` whose end is missing. */
  | { kind: "cut_gzip" };

export interface FakeFilesServer {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  url: string;
  /** Path with its leading slash → content; what is not here is 404. */
  files: Map<string, string | Uint8Array>;
  /** Null = serve. */
  fault: Fault | null;
  /** Headers of every answer that serves a file. */
  headers: Record<string, string>;
  requests: { path: string; headers: IncomingMessage["headers"] }[];
  /** Connections that are open now. */
  connections(): number;
  close(): Promise<void>;
}

/** A web server with files, as a provider or an object store would serve them, that can go wrong on demand. */
export async function startFakeFilesServer(files: Record<string, string | Uint8Array> = {}): Promise<FakeFilesServer> {
  const server = createServer((request, response) => answer(fake, request, response));
  const connections = connectionsOf(server);
  const port = await listenOnLoopback(server);
  const fake: FakeFilesServer = {
    url: `http://127.0.0.1:${port}`,
    files: new Map(Object.entries(files)),
    fault: null,
    headers: {},
    requests: [],
    connections: () => connections.size,
    async close() {
      for (const socket of connections) socket.destroy();
      await stopListening(server);
    },
  };
  return fake;
}

function answer(fake: FakeFilesServer, request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? "").split("?")[0] ?? "";
  fake.requests.push({ path: request.url ?? "", headers: request.headers });
  const found = fake.files.get(path);
  const { fault } = fake;
  if (fault?.kind === "silence") return;
  if (fault?.kind === "status") return void response.writeHead(fault.status, fault.headers).end(fault.body);
  if (found === undefined) return void response.writeHead(404, { "content-type": "text/html" }).end("<html>no such file</html>");
  const content = Buffer.from(found as Uint8Array);
  if (!fault) return void response.writeHead(200, { "content-length": content.length, ...fake.headers }).end(content);
  goWrong(fault, content, response);
}

function goWrong(fault: Fault, content: Buffer, response: ServerResponse): void {
  if (fault.kind === "cut_gzip") {
    return void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(content).subarray(0, -9));
  }
  response.writeHead(200, { "content-length": content.length });
  if (fault.kind === "stall") return void response.write(content.subarray(0, Math.ceil(content.length * 0.99)));
  if (fault.kind === "cut") return void response.write(content.subarray(0, content.length >> 1), () => response.destroy());
  if (fault.kind !== "drip") return;
  let at = 0;
  const timer = setInterval(() => void response.write(content.subarray(at, ++at)), fault.everyMs);
  response.on("close", () => clearInterval(timer));
}
