"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Progress, TaskSummary } from "@/lib/contract/task";
import type { TaskCommand } from "@/lib/contract/task-rules";
import { ApiError, call } from "./api";
import { keys } from "./keys";
import { makeOld } from "./make-old";
import { operatorHeader } from "./operator";

/** What a person asks of a task that exists. */
export type Ask = { what: TaskCommand | "remove" } | { what: "priority"; priority: number };

interface AskCall {
  taskId: string;
  ask: Ask;
  operator: string;
}

/** Sends a command under the operator's name; the reply, also that of a refusal, is the task as it is now. */
export function useAskOfTask() {
  const queries = useQueryClient();
  const take = (progress: Progress) => {
    queries.setQueryData<TaskSummary>(keys.task(progress.task_id), (held) => held && { ...held, ...progress });
    for (const queryKey of [keys.task(progress.task_id), keys.tasks]) makeOld(queries, { queryKey });
  };
  return useMutation<Progress, Error, AskCall>({
    mutationFn: send,
    onSuccess: take,
    onError: (error) => {
      if (error instanceof ApiError && error.progress) take(error.progress);
    },
    retry: false,
  });
}

function send({ taskId, ask, operator }: AskCall): Promise<Progress> {
  const id = encodeURIComponent(taskId);
  const headers = operatorHeader(operator);
  if (ask.what === "priority") return call("PATCH", `/queue/${id}`, { body: { priority: ask.priority }, headers });
  if (ask.what === "remove") return call("DELETE", `/queue/${id}`, { headers });
  return call("POST", `/sync/batch/${id}/${ask.what}`, { headers });
}
