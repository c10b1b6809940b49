import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import next from "next";
import { isApiPath } from "./http/api";
import { createGate } from "./http/gate";
import { languageOf } from "./http/language";
import { Problem, problemReply } from "./http/reply";
import { PROJECT_ROOT } from "./project-root";

const GRACE_MS = 1_000;

export interface WebServerOptions {
  dev: boolean;
  host: string;
  port: number;
  publicOrigin: string | null;
  api(): Hono;
}

/** One port: the gate, then REST, then the pages. Socket.IO hangs itself on the same server. */
export async function createWebServer(options: WebServerOptions) {
  const gate = createGate(options);
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const pages = next({ dev: options.dev, dir: PROJECT_ROOT, hostname: options.host, port: options.port, httpServer: server });
  await pages.prepare();
  const handlePage = pages.getRequestHandler();
  const handleApi = getRequestListener((request, env) => options.api().fetch(request, env), { overrideGlobalObjects: false });

  server.on("request", (request, response) => {
    const refusal = gate(request);
    if (refusal) return void refuse(request, response, new Problem(refusal.code, refusal.params));
    const path = (request.url ?? "/").split("?")[0] as string;
    if (path.startsWith("/socket.io/")) return;
    if (isApiPath(path)) return void handleApi(request, response);
    secure(request, response, options.dev);
    void handlePage(request, response);
  });

  return {
    server,
    allows: (request: IncomingMessage) => gate(request) === null,
    listen: () => listen(server, options.port, options.host),
    /** Stops taking requests, lets the running ones end for a second, then cuts what is left. */
    async close(disconnectSockets: () => void): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      disconnectSockets();
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, GRACE_MS);
      await pages.close().catch(() => {});
      server.closeIdleConnections();
      await closed;
      clearTimeout(cut);
    },
  };
}

export type WebServer = Awaited<ReturnType<typeof createWebServer>>;

/** The port cannot be had; the message says why and what to do. */
export class PortError extends Error {
  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    const reason = REASONS[cause.code ?? ""]?.(host, port);
    super(reason ?? `Port ${port} on ${host} cannot be opened: ${cause.message}`, { cause });
    this.name = "PortError";
  }
}

const REASONS: Partial<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} on ${host} is in use by another program, maybe another Dayfill. End it, or set PORT to a free one.`,
  EACCES: (_host, port) => `Port ${port} is reserved for programs with more rights. Set PORT to 1024 or above.`,
  EADDRNOTAVAIL: (host) => `This computer has no address ${host}. Set HOST to one of its own; 127.0.0.1 always is.`,
};

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => reject(new PortError(host, port, error));
    server.once("error", refused);
    server.listen(port, host, () => {
      server.off("error", refused);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === "object" && address ? address.port : port;
}

async function refuse(request: IncomingMessage, response: ServerResponse, problem: Problem): Promise<void> {
  const reply = problemReply(problem, languageOf(request.headers["accept-language"]));
  // The body is not read: the connection ends with the refusal.
  response.writeHead(reply.status, { "Content-Type": "application/json", Connection: "close" });
  response.end(await reply.text());
}

/** Scripts only by nonce; Next takes the nonce from the request's policy, so it is set on both sides. */
function secure(request: IncomingMessage, response: ServerResponse, dev: boolean): void {
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    // Toasts and server-rendered styles are inline.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  request.headers["content-security-policy"] = policy;
  request.headers["x-nonce"] = nonce;
  response.setHeader("Content-Security-Policy", policy);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "same-origin");
}
