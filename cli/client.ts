import { setTimeout as sleep } from "node:timers/promises";
import { API_BASE, type Failure, type Success } from "@/lib/contract/routes";
import { InterruptedError, RefusedError, UnreachableError } from "./faults";
import type { Language } from "./text";

/** The server gives its own questions 10 s: after this nothing comes any more. */
const DEADLINE_MS = 15_000;
/** Pauses before the second and the third try of a call that may be repeated. */
const PAUSES_MS = [300, 1_000];

export interface ClientOptions {
  /** Address of the server, without a slash at its end; a user and password in it become a Basic header. */
  url: string;
  language: Language;
  operator: string | null;
  interrupt: AbortSignal;
  deadlineMs?: number;
  pausesMs?: readonly number[];
}

export interface CallOptions {
  body?: object;
  /** Makes a start repeatable: the same key is the same task. */
  key?: string;
  /** False: one try, for those who ask again by themselves. */
  patient?: boolean;
  /** Instead of the interrupt of the client. */
  signal?: AbortSignal;
}

export type Client = ReturnType<typeof createClient>;

/** The REST API as the command line uses it: every call has a deadline, and only what may be repeated is. */
export function createClient({ url, language, operator, interrupt, ...times }: ClientOptions) {
  const { deadlineMs = DEADLINE_MS, pausesMs = PAUSES_MS } = times;
  const address = new URL(url);
  const credentials =
    address.username || address.password
      ? `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`
      : null;
  const base = `${address.origin}${address.pathname.replace(/\/$/, "")}${API_BASE}`;
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language };
  // A header carries bytes, not Chinese: the server decodes it.
  if (operator) headers["X-Operator"] = encodeURIComponent(operator);
  if (credentials) headers["Authorization"] = `Basic ${Buffer.from(credentials).toString("base64")}`;

  /** `data` of a good answer. Throws RefusedError, UnreachableError or InterruptedError. */
  async function call<Data>(method: "GET" | "POST", path: string, options: CallOptions = {}): Promise<Data> {
    const repeatable = options.patient !== false && (method === "GET" || options.key !== undefined);
    const signal = options.signal ?? interrupt;
    for (let turn = 0; ; turn += 1) {
      try {
        return await once<Data>(method, path, options, signal);
      } catch (error) {
        const pause = pausesMs[turn];
        if (!(error instanceof UnreachableError) || !repeatable || pause === undefined) throw error;
        await sleep(pause, undefined, { signal }).catch(() => {
          throw new InterruptedError();
        });
      }
    }
  }

  async function once<Data>(method: string, path: string, { body, key }: CallOptions, signal: AbortSignal): Promise<Data> {
    const deadline = AbortSignal.timeout(deadlineMs);
    let response: Response;
    let text: string;
    try {
      response = await fetch(base + path, {
        method,
        signal: AbortSignal.any([signal, deadline]),
        redirect: "error",
        headers: {
          ...headers,
          ...(body ? { "Content-Type": "application/json" } : {}),
          ...(key ? { "Idempotency-Key": key } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      text = await response.text();
    } catch (error) {
      if (signal.aborted) throw new InterruptedError();
      if (deadline.aborted) throw new UnreachableError("deadline", { seconds: deadlineMs / 1000 }, { cause: error });
      throw new UnreachableError(wordFor(error), {}, { cause: error });
    }
    const envelope = read<Data>(text);
    if (!envelope) throw new UnreachableError("notOurs", { status: response.status });
    if (envelope.status === "success") return envelope.data;
    if (response.status >= 500) throw new UnreachableError("away", { message: envelope.message });
    throw new RefusedError(response.status, envelope);
  }

  /** What messages call the server: never with a password. */
  return { call, url: address.origin + address.pathname.replace(/\/$/, "") };
}

function read<Data>(text: string): Success<Data> | Failure | null {
  try {
    const envelope = JSON.parse(text) as Partial<Success<Data> | Failure> | null;
    return envelope?.status === "success" || envelope?.status === "error" ? (envelope as Success<Data> | Failure) : null;
  } catch {
    return null;
  }
}

/** fetch hides the reason in the cause, and with two addresses of one name in its list. */
function wordFor(error: unknown): "refused" | "unknownHost" | "lost" {
  const cause = (error as { cause?: { code?: string; errors?: { code?: string }[] } }).cause;
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  if (code === "ECONNREFUSED") return "refused";
  return code === "ENOTFOUND" || code === "EAI_AGAIN" ? "unknownHost" : "lost";
}
