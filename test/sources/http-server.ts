import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { onTestFinished } from "vitest";
import { createHttp, type HttpLimits } from "@/server/sources/http";
import { SourceError } from "@/server/sync/errors";

/** A server on a loopback port that remembers what it was asked, gone after the test. */
export async function listen(listener: RequestListener) {
  const seen: { method: string; url: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
    listener(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === "object" && address ? address.port : 0, seen };
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
