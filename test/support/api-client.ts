import { setTimeout as sleep } from "node:timers/promises";
import { API_BASE } from "@/lib/contract/routes";
import { isFinal } from "@/lib/contract/task-rules";
import type { Progress } from "@/lib/contract/task";
import { type Call, requestOf } from "./api-call";

/** Replies of every shape: a test says what it expects of them. */
// oxlint-disable-next-line typescript/no-explicit-any
type Anything = any;

interface ReplyBody {
  status: string;
  code?: string;
  message?: string;
  data?: Anything;
  current_task?: Anything;
}

export interface Reply {
  status: number;
  headers: Headers;
  body: ReplyBody;
}

export interface CallOptions extends Pick<Call, "method" | "headers"> {
  /** Gives up after so long, for servers that may never answer. */
  withinMs?: number;
}

/** One call to the REST API of a running server. */
export async function call(url: string, path: string, body?: object, options: CallOptions = {}): Promise<Reply> {
  const response = await fetch(`${url}${API_BASE}${path}`, {
    ...requestOf({ ...options, body }),
    ...(options.withinMs ? { signal: AbortSignal.timeout(options.withinMs) } : {}),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Reply["body"] };
}

/** Asks for the progress of a task until it has ended. */
export async function untilEnded(
  url: string,
  taskId: string,
  options: { everyMs?: number; withinMs?: number } = {},
): Promise<Progress> {
  const deadline = performance.now() + (options.withinMs ?? 180_000);
  for (;;) {
    const { body } = await call(url, `/sync/batch/progress/${taskId}`);
    const progress = body.data as Progress;
    if (progress && isFinal(progress.status)) return progress;
    if (performance.now() > deadline) throw new Error(`task ${taskId} did not end: ${JSON.stringify(progress)}`);
    await sleep(options.everyMs ?? 50);
  }
}
