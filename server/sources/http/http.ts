import { Agent, request } from "undici";
import type { HttpAnswer } from "./answer";
import { unlessAborted } from "@/server/sources/calls/abortable";
import { hostOf, isPrivateAddress, isPrivateHost, lookupPublicOnly, PrivateAddressError } from "./address";
import { type BodyLimits, leave, readBody } from "./body";
import { ACCEPTED_ENCODINGS, type DecodeLimits, decodeBody } from "./decode";
import { type Hop, isSameHost, nextHop } from "./hop";
import { type CallState, failureOf, refuseOtherSuccess } from "./refusal";
import { decodedPart, shownUrlWithout } from "./words";

export interface HttpLimits extends BodyLimits, DecodeLimits {
  connectMs: number;
  /** From the request to the head of the answer. */
  headersMs: number;
}

/** A day of a market is some megabytes; the whole time of a call is bounded by the day's own deadline, through `signal`. */
const USUAL_LIMITS: HttpLimits = {
  connectMs: 10_000,
  headersMs: 30_000,
  stallMs: 15_000,
  minProgressBytes: 4_096,
  maxWireBytes: 256 * 1024 * 1024,
  maxDecodedBytes: 256 * 1024 * 1024,
  maxRatio: 200,
};
/** Words about a failure, not data. */
const MAX_ERROR_BYTES = 64 * 1024;

export interface HttpOptions {
  /** Token, key, password: cut out of everything that is said about a call. */
  secrets?: readonly string[];
  limits?: Partial<HttpLimits>;
  /** Whether a host of the operator's is in a private network and may send us on into one; by its addresses unless given. */
  isPrivate?: (host: string) => Promise<boolean>;
}

export interface HttpRequest {
  /** As the operator configured it; user and password in it become an Authorization header. */
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** JSON to POST; without it the request is a GET. */
  json?: unknown;
  signal: AbortSignal;
}

/**
 * Asks a provider over http: with deadlines for connection, head and progress, caps on size and ratio, strict
 * decompression and careful redirects. Resolves with the whole answer or any status from 300 on; rejects with SourceError
 * (kinds no_answer, unreachable, stalled, truncated, too_large, protocol, part_of_answer, http_status for a success that is no
 * answer and for refused redirects) or at once with the reason of `signal`.
 */
export function createHttp({ secrets = [], limits: over = {}, isPrivate = isPrivateHost }: HttpOptions = {}) {
  const limits = { ...USUAL_LIMITS, ...over };
  const timeouts = { headersTimeout: limits.headersMs, bodyTimeout: 0, keepAliveTimeout: 4_000 };
  const shown = (url: URL) => shownUrlWithout(url, secrets);
  let agents: { trusted: Agent; guarded: Agent } | null = null;

  /** What the operator named is trusted; where a redirect leads is not. */
  function opened() {
    agents ??= {
      trusted: new Agent({ ...timeouts, connect: { timeout: limits.connectMs } }),
      guarded: new Agent({ ...timeouts, connect: { timeout: limits.connectMs, lookup: lookupPublicOnly } }),
    };
    return agents;
  }

  async function ask({ url, headers = {}, json, signal }: HttpRequest): Promise<HttpAnswer> {
    signal.throwIfAborted();
    const configured = new URL(url);
    let hop = firstHop(configured, headers, json);
    for (;;) {
      const state: CallState = { detail: shown(hop.url), answering: false, secrets, ...limits };
      try {
        const next: HttpAnswer | Hop = await unlessAborted(takeHop(hop, configured, state, signal), signal);
        if ("bytes" in next) return next;
        hop = next;
      } catch (error) {
        signal.throwIfAborted();
        throw failureOf(error, state);
      }
    }
  }

  /** One request: its answer, or the next request where it was a redirect. */
  async function takeHop(hop: Hop, configured: URL, state: CallState, signal: AbortSignal): Promise<HttpAnswer | Hop> {
    const {
      statusCode: status,
      headers,
      body,
    } = await request(hop.url, {
      method: hop.method,
      headers: hop.headers,
      body: hop.body,
      dispatcher: await agentFor(hop.url, configured),
      signal,
    });
    state.answering = true;
    const { detail } = state;
    try {
      const next = nextHop(hop, status, textOf(headers.location), shown);
      if (next) return next;
      refuseOtherSuccess(status, detail);
      const length = /^\d+$/.test(textOf(headers["content-length"]) ?? "") ? Number(headers["content-length"]) : null;
      const read = async (caps: HttpLimits) => {
        const wire = await readBody(body, length, caps, detail);
        return decodeBody(wire, textOf(headers["content-encoding"]) ?? "", caps, detail, signal);
      };
      if (status < 400) return { status, headers, bytes: await read(limits), detail };
      const ofErrors = { ...limits, maxWireBytes: MAX_ERROR_BYTES, maxDecodedBytes: MAX_ERROR_BYTES };
      // A failure is known by its status, whether or not its words arrive.
      return { status, headers, bytes: await read(ofErrors).catch(() => Buffer.alloc(0)), detail };
    } finally {
      leave(body);
    }
  }

  async function agentFor(url: URL, configured: URL): Promise<Agent> {
    if (isSameHost(configured, url) || (await isPrivate(hostOf(configured)))) return opened().trusted;
    // A bare address is never looked up, so it is judged here.
    if (/^[\d.]+$|:/.test(hostOf(url)) && isPrivateAddress(hostOf(url))) throw new PrivateAddressError(hostOf(url));
    return opened().guarded;
  }

  /** Cuts every connection, those in use too; the next call opens new ones. */
  async function close(): Promise<void> {
    const { trusted, guarded } = agents ?? {};
    agents = null;
    await Promise.all([trusted?.destroy(), guarded?.destroy()]);
  }

  return { ask, close };
}

function firstHop(configured: URL, headers: Readonly<Record<string, string>>, json: unknown): Hop {
  const url = new URL(configured);
  const sent: Record<string, string> = { "user-agent": "Dayfill", "accept-encoding": ACCEPTED_ENCODINGS, ...headers };
  if (url.username || url.password) {
    const pair = `${decodedPart(url.username)}:${decodedPart(url.password)}`;
    sent["authorization"] ??= `Basic ${Buffer.from(pair).toString("base64")}`;
    url.username = "";
    url.password = "";
  }
  if (json === undefined) return { url, method: "GET", headers: sent, body: null, count: 0 };
  return {
    url,
    method: "POST",
    headers: { ...sent, "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify(json),
    count: 0,
  };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(", ") : header;
}
