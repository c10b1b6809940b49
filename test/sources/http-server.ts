import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { onTestFinished } from "vitest";
import { createHttp, type HttpLimits } from "@/server/sources/http/http";
import { SourceError } from "@/server/sync/errors";
import { listenOnLoopback } from "../support/loopback";

/** A server on a loopback port that remembers what it was asked, gone after the test. */
export async function listen(listener: RequestListener) {
  const seen: { method: string; url: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
    listener(request, response);
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port, seen };
}

/** With deadlines a test can wait for. */
export function anHttp(limits: Partial<HttpLimits> = {}) {
  const http = createHttp({ secrets: ["s3cret"], limits: { headersMs: 2_000, stallMs: 2_000, ...limits } });
  onTestFinished(http.close);
  return http;
}

/** The kind of the refusal, or `answered`. */
export const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "answered",
    (error: unknown) => (error instanceof SourceError ? error.params["kind"] : error),
  );
