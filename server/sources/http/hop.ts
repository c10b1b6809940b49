import { SourceError } from "@/server/sync/errors";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_HOPS = 3;
/** What names us to one host is not told to another. */
const CREDENTIALS = new Set(["authorization", "cookie", "proxy-authorization"]);

/** One request on its way: the first as configured, the next ones as redirects say. */
export interface Hop {
  url: URL;
  method: "GET" | "POST";
  headers: Record<string, string>;
  body: string | null;
  /** Redirects followed so far. */
  count: number;
}

/** Scheme, host and port by which the operator named the source. */
export function isSameHost(a: URL, b: URL): boolean {
  return (
    a.origin === b.origin ||
    (a.hostname === b.hostname && a.protocol === "http:" && b.protocol === "https:" && !a.port && !b.port)
  );
}

/**
 * Where an answer sends us, or null when it is no redirect. At most three, http and https only, never from https to http;
 * credentials stay with the host they were given for, and a body (it may hold a token) is sent on to the same host only.
 * `shown` says an address without secrets. Throws SourceError.
 */
export function nextHop(hop: Hop, status: number, location: string | undefined, shown: (url: URL) => string): Hop | null {
  if (!REDIRECTS.has(status) || location === undefined) return null;
  const from = shown(hop.url);
  const refuse = (why: string) => {
    throw new SourceError("broken", { kind: "http_status", status, detail: `${from} (${why})` }, { retry: false });
  };
  if (!URL.canParse(location, hop.url)) return refuse("a redirect to no address");
  const url = new URL(location, hop.url);
  const to = shown(url);
  if (!/^https?:$/.test(url.protocol)) return refuse(`a redirect to ${url.protocol}`);
  if (hop.url.protocol === "https:" && url.protocol === "http:") return refuse(`a redirect from https to ${to}`);
  if (hop.count >= MAX_HOPS) return refuse(`more than ${MAX_HOPS} redirects, the last to ${to}`);
  const stays = isSameHost(hop.url, url);
  if (hop.method === "POST" && !(stays && (status === 307 || status === 308))) return refuse(`a redirect to ${to}`);
  url.username = "";
  url.password = "";
  const headers = stays
    ? hop.headers
    : Object.fromEntries(Object.entries(hop.headers).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())));
  return { ...hop, url, headers, count: hop.count + 1 };
}
