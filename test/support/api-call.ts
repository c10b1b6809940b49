import type { Failure } from "@/lib/contract/routes";

/** One call to the REST API. */
export interface Call {
  /** Without it: POST where there is a body, else GET. */
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  /** Sent as it is, instead of `body` as JSON. */
  rawBody?: string;
  headers?: Record<string, string>;
}

export interface Reply<Data = unknown> {
  status: number;
  headers: Headers;
  /** The whole envelope; the tests pick what they claim something about. */
  body: Failure & { data: Data } & Record<string, unknown>;
}

/** The call as `fetch` and Hono take it. */
export function requestOf(call: Call): { method: string; headers: Record<string, string>; body?: string } {
  const text = call.rawBody ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
  return {
    method: call.method ?? (text === undefined ? "GET" : "POST"),
    headers: { ...(text === undefined ? {} : { "Content-Type": "application/json" }), ...call.headers },
    ...(text === undefined ? {} : { body: text }),
  };
}

/** What came back; rejects where it is no JSON. */
export async function replyOf<Data>(response: Response): Promise<Reply<Data>> {
  return { status: response.status, headers: response.headers, body: (await response.json()) as Reply<Data>["body"] };
}
