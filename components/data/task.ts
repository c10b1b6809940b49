"use client";

import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Replies } from "@/lib/contract/routes";
import type { TaskStatus, TaskSummary } from "@/lib/contract/task";
import { call } from "./api";
import { askAgainMs } from "./ask-again";
import { keys } from "./keys";
import { newerTask } from "./newer-task";
import { shouldRetry } from "./queries";

const STALE_MS = 15_000;
const WAITING_AGAIN_MS = 10_000;

/** One task; the live store keeps its numbers fresh while the pushed state names it. */
export function useTask(id: string) {
  return useQuery({
    ...taskQuery(id),
    staleTime: STALE_MS,
    // The state names only the first of those that wait.
    refetchInterval: (query) => (isWaiting(query.state.data?.status) ? WAITING_AGAIN_MS : askAgainMs(query)),
  });
}

function isWaiting(status: TaskStatus | undefined): boolean {
  return status === "queued" || status === "paused";
}

type ReadTask = (id: string, signal: AbortSignal) => Promise<TaskSummary>;

/** How one task is read; asked for by hand it is always read anew. */
export function taskQuery(id: string, readTask: ReadTask = readOverRest) {
  return queryOptions({
    queryKey: keys.task(id),
    queryFn: async ({ signal, client }) => {
      const read = await readTask(id, signal);
      // The answer may be from before what was pushed while it was on its way.
      return newerTask(client.getQueryData<TaskSummary>(keys.task(id)), read);
    },
    staleTime: 0,
  });
}

/** How a task ended. Under a key of its own: a question of the page that is under way may be from before the end. */
export function endQuery(id: string, readTask: ReadTask = readOverRest) {
  return queryOptions({
    queryKey: ["end-of", id],
    queryFn: ({ signal }) => readTask(id, signal),
    staleTime: 0,
    gcTime: 0,
    retry: shouldRetry,
  });
}

function readOverRest(id: string, signal: AbortSignal): Promise<TaskSummary> {
  return call<Replies["GET /tasks/:id"]>("GET", `/tasks/${encodeURIComponent(id)}`, { signal });
}
