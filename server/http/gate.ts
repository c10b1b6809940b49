import type { IncomingMessage } from "node:http";
import { SOCKET_PATH } from "@/lib/contract/events";
import type { Fact } from "@/lib/contract/problem";

export interface GateOptions {
  /** The host we listen on, and the public origin of a proxy in front, if any. */
  host: string;
  publicOrigin: string | null;
}

type Refusal = Fact<"host_not_allowed" | "origin_not_allowed">;

const LOOPBACK_NAMES = new Set(["localhost", "[::1]"]);
const LOOPBACK_V4 = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

function hostName(host: string): string | null {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return null;
  }
}

/**
 * Stands before everything else, for requests and socket upgrades. The name asked for must be ours (else a page of the
 * outside could reach us under a name it made point here), and a foreign page may neither change anything nor listen in.
 * A missing Origin is fine: on loopback only programs of this machine come without one.
 */
export function createGate(
  options: GateOptions,
): (request: Pick<IncomingMessage, "headers" | "method" | "url">) => Refusal | null {
  const publicHost = options.publicOrigin ? new URL(options.publicOrigin).host : null;

  function isOurs(host: string): boolean {
    const name = hostName(host);
    if (!name) return false;
    return LOOPBACK_NAMES.has(name) || LOOPBACK_V4.test(name) || name === options.host || host === publicHost;
  }

  return (request) => {
    const host = request.headers.host ?? "";
    if (!isOurs(host)) return { code: "host_not_allowed", params: { host } };
    const origin = request.headers.origin;
    const changes = request.method !== "GET" && request.method !== "HEAD";
    // A socket may also come by polling, whose first request is a plain GET.
    const listens = request.headers.upgrade !== undefined || (request.url ?? "").startsWith(SOCKET_PATH);
    if (origin === undefined || !(changes || listens)) return null;
    const own = origin === options.publicOrigin || origin === `http://${host}` || origin === `https://${host}`;
    return own ? null : { code: "origin_not_allowed", params: { origin } };
  };
}
