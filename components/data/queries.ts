"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Day } from "@/lib/contract/day";
import type { BatchRequest } from "@/lib/contract/plan";
import type { Replies, Started } from "@/lib/contract/routes";
import { ApiError, call } from "./api";
import { daysFeed, type HeldDays } from "./days-feed";
import { keys, type TaskFilters } from "./keys";
import { operatorHeader, readOperator } from "./operator";

/** What the pages need to know once: version, source, database, today. */
export function useConsoleInfo() {
  return useQuery({
    queryKey: keys.console,
    queryFn: ({ signal }) => call<Replies["GET /console"]>("GET", "/console", { signal }),
    staleTime: 30_000,
    refetchInterval: 60_000,
  });
}

/** Runs of equal days of the table; waits while either end is unknown, keeps the old runs while new ones load. */
export function useCoverage(from: Day | null, to: Day | null) {
  return useQuery({
    queryKey: keys.coverageOf(from, to),
    queryFn: ({ signal }) => call<Replies["GET /coverage"]>("GET", "/coverage", { query: { from, to }, signal }),
    enabled: from !== null && to !== null && from <= to,
    placeholderData: keepPreviousData,
  });
}

/** Reads coverage once, on demand: the whole table is too much to keep fresh for a preset nobody may press. */
export function useReadCoverage() {
  const queries = useQueryClient();
  return useMutation<Replies["GET /coverage"], Error, { from: Day; to: Day }>({
    mutationFn: ({ from, to }) =>
      queries.fetchQuery({
        queryKey: keys.coverageOf(from, to),
        queryFn: ({ signal }) => call<Replies["GET /coverage"]>("GET", "/coverage", { query: { from, to }, signal }),
        staleTime: 0,
      }),
  });
}

/** The plan of a request; nothing is started. Keeps the old plan while the new one loads. */
export function usePreview(request: BatchRequest | null) {
  return useQuery({
    queryKey: keys.previewOf(request),
    queryFn: ({ signal }) => call<Replies["POST /sync/batch/preview"]>("POST", "/sync/batch/preview", { body: request, signal }),
    enabled: request !== null,
    placeholderData: keepPreviousData,
  });
}

/** One page of the history, newest first. */
export function useTasks(filters: TaskFilters = {}) {
  return useQuery({
    queryKey: keys.tasksOf(filters),
    queryFn: ({ signal }) => call<Replies["GET /tasks"]>("GET", "/tasks", { query: { ...filters }, signal }),
    placeholderData: keepPreviousData,
  });
}

/** One task; the live store keeps its numbers fresh while it runs. */
export function useTask(id: string) {
  return useQuery({
    queryKey: keys.task(id),
    queryFn: ({ signal }) => call<Replies["GET /tasks/:id"]>("GET", `/tasks/${encodeURIComponent(id)}`, { signal }),
  });
}

/** Every day of a task (all pages), kept fresh by `sync:days`. `null` waits. */
export function useTaskDays(id: string | null) {
  return useQuery({
    queryKey: keys.taskDays(id ?? ""),
    queryFn: ({ signal }) => readAllDays(id ?? "", signal),
    enabled: id !== null,
  });
}

async function readAllDays(id: string, signal: AbortSignal): Promise<HeldDays> {
  const days: HeldDays["days"] = [];
  let daysSeq: number | null = null;
  let cursor: Day | null = null;
  do {
    const page: Replies["GET /tasks/:id/days"] = await call("GET", `/tasks/${encodeURIComponent(id)}/days`, {
      query: { cursor },
      signal,
    });
    days.push(...page.days);
    // The first page's number: deltas between two pages are then applied again, which changes nothing.
    daysSeq ??= page.days_seq;
    cursor = page.next;
  } while (cursor !== null);
  return daysFeed.catchUp({ task_id: id, days_seq: daysSeq, days });
}

/** What a start asks for: a range, or every gap of the last `daysBack` calendar days. */
export type StartRequest = BatchRequest | { daysBack: number };

/** Starts a sync under the operator's name. A busy server throws `ApiError` with `currentTask`; `null` = no gaps to sync. */
export function useStartSync() {
  return useMutation<Started | null, Error, { request: StartRequest; operator?: string | null }>({
    mutationFn: ({ request, operator }) => {
      const headers = operatorHeader(operator ?? readOperator());
      if ("daysBack" in request) return call("POST", "/sync/pending", { query: { days_back: request.daysBack }, headers });
      return call("POST", "/sync/batch", { body: request, headers });
    },
    retry: false,
  });
}

/** A refusal is final, everything else may be over in a moment. */
export function shouldRetry(failures: number, error: Error): boolean {
  return !(error instanceof ApiError && error.status < 500) && failures < 2;
}
