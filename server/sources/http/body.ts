import type { Readable } from "node:stream";
import { SourceError } from "@/server/sync/errors";
import { tooLarge } from "./decode";

export interface BodyLimits {
  maxWireBytes: number;
  /** A body must bring `minProgressBytes` in each such interval, or its end. */
  stallMs: number;
  minProgressBytes: number;
}

/**
 * Reads a body whole. Rejects with SourceError when it is larger than allowed or stops making progress (one byte a second
 * is none); an error of the stream is passed on. The stream is done with afterwards, whatever happened.
 */
export async function readBody(body: Readable, length: number | null, limits: BodyLimits, detail: string): Promise<Buffer> {
  const { maxWireBytes, stallMs, minProgressBytes } = limits;
  const parts: Buffer[] = [];
  let received = 0;
  let before = 0;
  const watch = setInterval(() => {
    if (received - before < minProgressBytes) body.destroy(stalled(detail, received, length));
    before = received;
  }, stallMs);
  try {
    if (length !== null && length > maxWireBytes) throw tooLarge(detail, maxWireBytes);
    for await (const part of body as AsyncIterable<Buffer>) {
      received += part.length;
      if (received > maxWireBytes) throw tooLarge(detail, maxWireBytes);
      parts.push(part);
    }
    return Buffer.concat(parts, received);
  } finally {
    clearInterval(watch);
    leave(body);
  }
}

/** Ends a body that nobody reads to its end; its socket goes with it. */
export function leave(body: Readable): void {
  body.on("error", () => {}).destroy();
}

function stalled(detail: string, received: number, length: number | null): SourceError {
  const of = length === null ? "" : ` / ${length}`;
  return new SourceError("broken", { kind: "stalled", detail: `${detail} (${received}${of} B)` });
}
