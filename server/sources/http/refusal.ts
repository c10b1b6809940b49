import type { Clock } from "@/server/sync/ports";
import { SourceError, type SourceRefusal, wordsOf } from "@/server/sync/errors";
import type { HttpAnswer } from "./answer";
import { PrivateAddressError } from "./address";
import { plainWords, withoutSecrets } from "./words";

const LONGEST_WAIT_MS = 24 * 3_600_000;
/** The tries of one day wait so long at most; whoever asks for more is left alone like one that limits its rate. */
const LONGEST_TRIED_MS = 60_000;

/** Where a call was when it failed. */
export interface CallState {
  /** Host and path, as they may be shown. */
  detail: string;
  /** The head of the answer had arrived. */
  answering: boolean;
  connectMs: number;
  headersMs: number;
  secrets: readonly string[];
}

/** What a failed call means; whatever undici, the socket or TLS threw. All of it may pass: worth another attempt. */
export function failureOf(cause: unknown, state: CallState): SourceError {
  if (cause instanceof SourceError) return cause;
  const { detail } = state;
  const code = codeOf(cause);
  const broken = (params: SourceError["params"] & { kind: string }) =>
    new SourceError("broken", { detail, ...params }, { cause: withoutAddress(cause, state.secrets) });
  if (hasInside(cause, PrivateAddressError)) return broken({ kind: "unreachable", detail: `${detail} (a private address)` });
  if (code === "UND_ERR_CONNECT_TIMEOUT") return broken({ kind: "no_answer", seconds: inSeconds(state.connectMs) });
  if (code === "UND_ERR_HEADERS_TIMEOUT") return broken({ kind: "no_answer", seconds: inSeconds(state.headersMs) });
  if (code.startsWith("HPE_") || code === "UND_ERR_HEADERS_OVERFLOW") {
    return broken({ kind: "protocol", detail: `${detail} (${code})` });
  }
  if (state.answering) return broken({ kind: "stalled", detail: `${detail} (${code})` });
  return broken({ kind: "unreachable", detail: `${detail} (${code})` });
}

export interface StatusMeaning {
  secrets: readonly string[];
  clock: Pick<Clock, "now">;
  /** The variable with the credentials, for the words about them. */
  variable: string;
  /** What 403 means here. */
  forbidden: "auth" | "plan";
  /** The words of the provider where its JSON holds them; else the text of the answer. */
  words?: string;
  /** The class of 502, 503 and 504; broken unless said. */
  gateway?: SourceRefusal;
}

/**
 * The refusal behind a status that is not 2xx: 401 auth, 403 as said, 429 rate, the rest by its number. A server that is down
 * and asks for more than a minute is a rate too: else every day would fail for as long as it asks to be left alone.
 */
export function refusalOfStatus(answer: HttpAnswer, meaning: StatusMeaning): SourceError {
  const { status } = answer;
  const words = withoutSecrets(meaning.words || plainWords(answer.bytes.toString("utf8")), meaning.secrets) || answer.detail;
  const params = { detail: words, status };
  const waitMs = retryAfterMs(answer.headers["retry-after"], meaning.clock.now());
  const wait = waitMs === null ? {} : { waitMs };
  if (status === 429) return new SourceError("rate", { ...params, kind: "rate" }, wait);
  const forbidden = status === 401 ? "auth" : status === 403 ? meaning.forbidden : null;
  if (forbidden) return new SourceError(forbidden, { ...params, kind: forbidden, variable: meaning.variable });
  if (status >= 500 && waitMs !== null && waitMs > LONGEST_TRIED_MS) {
    return new SourceError("rate", { ...params, kind: "http_status" }, wait);
  }
  const refusal = status >= 502 && status <= 504 ? (meaning.gateway ?? "broken") : "broken";
  // What the server calls our fault stays so; a timeout (408) and a request too early (425) do not.
  return new SourceError(
    refusal,
    { ...params, kind: "http_status" },
    { ...wait, retry: status >= 500 || status === 408 || status === 425 },
  );
}

/** OK, and what a proxy on the way made of it: the only successes with the whole answer (RFC 9110, 15.3). */
const WHOLE = new Set([200, 203]);
const PARTIAL_CONTENT = 206;

/**
 * Throws SourceError for a success that does not hold what was asked for: a part of it (206; nobody asks for a range here), a
 * promise (202), nothing at all (204). Its rows, if it has any, may look like a whole day.
 */
export function refuseOtherSuccess(status: number, detail: string): void {
  if (status >= 300 || WHOLE.has(status)) return;
  throw new SourceError("broken", { kind: status === PARTIAL_CONTENT ? "part_of_answer" : "http_status", detail, status });
}

/** `Retry-After` as milliseconds from now, in seconds or as an HTTP date; null = not said, or nothing that can be read. */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? "";
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : /[A-Za-z]{3}.*\d/.test(text) ? Date.parse(text) - nowMs : Number.NaN;
  return Number.isNaN(ms) ? null : Math.min(LONGEST_WAIT_MS, Math.max(0, ms));
}

function inSeconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1_000));
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown";
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause.cause instanceof Error ? codeOf(cause.cause) : cause.name;
}

function hasInside(cause: unknown, kind: typeof PrivateAddressError): boolean {
  if (cause instanceof kind) return true;
  if (cause instanceof AggregateError && cause.errors.some((one) => hasInside(one, kind))) return true;
  return cause instanceof Error && cause.cause !== undefined && hasInside(cause.cause, kind);
}

/** The cause for the log: its words without secrets; the thing itself may hold the request. */
function withoutAddress(cause: unknown, secrets: readonly string[]): Error {
  return new Error(withoutSecrets(wordsOf(cause), secrets));
}
