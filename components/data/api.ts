import { API_BASE, type Failure, type Success } from "@/lib/contract/routes";
import type { ProblemCode } from "@/lib/contract/problem";
import type { BusyTask, Progress } from "@/lib/contract/task";

/**
 * The server refused: `code` + `params` are rendered from `problem` in lib/text; `currentTask` comes with a busy refusal,
 * `progress` (the task as it is) with a command that cannot be.
 */
export class ApiError extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly params: Failure["params"];
  readonly currentTask: BusyTask | null;
  readonly progress: Progress | null;

  constructor(status: number, failure: Failure) {
    super(`${status} ${failure.code}`);
    this.name = "ApiError";
    this.code = failure.code;
    this.status = status;
    this.params = failure.params ?? {};
    this.currentTask = failure.current_task ?? null;
    this.progress = failure.progress ?? null;
  }
}

/** No answer came from the server, or one that is not ours (a proxy's error page). */
export class ConnectionError extends Error {
  constructor(detail: string, options?: { cause?: unknown }) {
    super(`no answer from the server: ${detail}`, options);
    this.name = "ConnectionError";
  }
}

/** The server answers, but its database does not (503). It tries again by itself. */
export class DatabaseAwayError extends Error {
  constructor() {
    super("the database does not answer");
    this.name = "DatabaseAwayError";
  }
}

type Query = Record<string, string | number | null | undefined>;

interface CallOptions {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * One call below `API_BASE`; returns `data` of the envelope.
 * Throws `ApiError` (a refusal), `DatabaseAwayError` (503) or `ConnectionError` (no usable answer).
 */
export async function call<Data>(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  options: CallOptions = {},
): Promise<Data> {
  const headers: Record<string, string> = { accept: "application/json", ...options.headers };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  const response = await send(API_BASE + path + queryText(options.query ?? {}), {
    method,
    headers,
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const envelope = await readEnvelope<Data>(response);
  if (envelope.status === "success") return envelope.data;
  if (envelope.code === "database_unavailable") throw new DatabaseAwayError();
  throw new ApiError(response.status, envelope);
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ConnectionError("the request did not arrive", { cause });
  }
}

async function readEnvelope<Data>(response: Response): Promise<Success<Data> | Failure> {
  try {
    return (await response.json()) as Success<Data> | Failure;
  } catch (cause) {
    throw new ConnectionError(`status ${response.status} without JSON`, { cause });
  }
}

function queryText(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
