import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

/** How a provider goes wrong on the wire; `body` is what it would have said. */
export type WireFault = (response: ServerResponse, body: string) => void;

const MEBIBYTE = 1024 * 1024;

/** An answer with that status instead of the right one. */
export const aStatus =
  (status: number, text = "", headers: Record<string, string> = {}): WireFault =>
  (response) =>
    void response.writeHead(status, headers).end(text);

/** A page of a gateway in front of the provider. */
export const aGatewayPage = (status: number): WireFault =>
  aStatus(status, `<html>\r\n<head><title>${status} Bad Gateway</title></head>\r\n<body><hr>nginx</body></html>`, {
    "Content-Type": "text/html",
  });

/** A good status with a body that is not what was asked for. */
export const anAnswer = (text: string): WireFault => aStatus(200, text, { "Content-Type": "application/json" });

/** Takes the request and never says a word. */
export const silence: WireFault = () => {};

/** One byte a second. */
export const drip: WireFault = (response, body) => {
  const bytes = Buffer.from(body);
  response.writeHead(200, { "Content-Length": bytes.length });
  let at = 0;
  const timer = setInterval(() => response.write(bytes.subarray(at, ++at)), 1_000);
  response.write(bytes.subarray(at, ++at));
  response.on("close", () => clearInterval(timer));
};

/** All but the last hundredth, then nothing. */
export const stallNearTheEnd: WireFault = (response, body) => {
  const bytes = Buffer.from(body);
  response.writeHead(200, { "Content-Length": bytes.length });
  response.write(bytes.subarray(0, Math.floor(bytes.length * 0.99)));
};

/** The line is cut in the middle of the body. */
export const cutLine: WireFault = (response, body) => {
  const bytes = Buffer.from(body);
  response.writeHead(200, { "Content-Length": bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
};

/** A gzip without its second half, in an answer that is whole for HTTP. */
export const truncatedGzip: WireFault = (response, body) => {
  const bytes = gzipSync(body);
  response.writeHead(200, { "Content-Encoding": "gzip" }).end(bytes.subarray(0, bytes.length / 2));
};

/** 60 kB that would become 60 MiB. */
export const gzipBomb: WireFault = (response) =>
  void response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(Buffer.alloc(60 * MEBIBYTE, 32)));

/** 10 MB in one line that is no JSON. */
export const longLine: WireFault = (response) => void response.writeHead(200).end("x".repeat(10 * MEBIBYTE));

/** JSON that stops in the middle. */
export const halfJson: WireFault = (response, body) => void response.writeHead(200).end(body.slice(0, body.length / 2));
