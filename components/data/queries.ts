"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Day } from "@/lib/contract/day";
import type { BatchRequest } from "@/lib/contract/plan";
import type { Replies, Started } from "@/lib/contract/routes";
import type { ScheduleId } from "@/lib/contract/schedule";
import { ApiError, call, ConnectionError } from "./api";
import { daysFeed, type HeldDays } from "./days-feed";
import { keys, type TaskFilters } from "./keys";
import { operatorHeader } from "./operator";

/** What the pages need to know once: version, source, database, today. */
export function useConsoleInfo() {
  return useQuery({
    queryKey: keys.console,
    queryFn: ({ signal }) => call<Replies["GET /console"]>("GET", "/console", { signal }),
    staleTime: 30_000,
    refetchInterval: 60_000,
    refetchOnWindowFocus: true,
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

/** An allowance of the source that comes back with time says so to nobody: the plan is asked for again now and then. */
const PLAN_AGAIN_MS = 60_000;

/** The plan of a request; nothing is started. Keeps the old plan while the new one loads. */
export function usePreview(request: BatchRequest | null) {
  return useQuery({
    queryKey: keys.previewOf(request),
    queryFn: ({ signal }) => call<Replies["POST /sync/batch/preview"]>("POST", "/sync/batch/preview", { body: request, signal }),
    enabled: request !== null,
    placeholderData: keepPreviousData,
    refetchInterval: PLAN_AGAIN_MS,
    refetchOnWindowFocus: true,
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

/** Rows that were left out of a day of a task; asked for when somebody looks. */
export function useRejectedRows(taskId: string, day: Day) {
  return useQuery({
    queryKey: keys.rejectedRows(taskId, day),
    queryFn: ({ signal }) =>
      call<Replies["GET /tasks/:id/days/:date/rejected"]>("GET", `/tasks/${encodeURIComponent(taskId)}/days/${day}/rejected`, {
        signal,
      }),
  });
}

/** Rows that the table holds of a day, those whose code begins with `code`; read anew whenever somebody looks. */
export function useDayRows(day: Day, code: string) {
  return useQuery({
    queryKey: keys.dayRows(day, code),
    queryFn: ({ signal }) =>
      call<Replies["GET /days/:date/rows"]>("GET", `/days/${day}/rows`, { query: { code: code || null }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
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

/** What to do while another sync runs. */
type Waiting = Pick<BatchRequest, "if_busy" | "priority">;

/** The failed or all unfinished days of a task again, or those that a verify found changed; the range is only for what the page says of it. */
export interface RetryRequest extends Waiting {
  retryOf: string;
  only: "failed" | "unfinished" | "changed";
  /** Only these of them. */
  days?: Day[];
  /** Stores them however few rows they have; else as the task before had it. */
  accept_incomplete?: boolean;
  start_date: Day;
  end_date: Day;
}

/** Compares the days of a range with the source and stores nothing. */
export interface VerifyRequest extends Waiting {
  verify: true;
  start_date: Day;
  end_date: Day;
}

/** What a start asks for: a range, a verify of one, every gap of the last `daysBack` calendar days, days of a task again, or what a schedule would do now. */
export type StartRequest =
  | BatchRequest
  | ({ daysBack: number } & Waiting)
  | ({ scheduleId: ScheduleId } & Waiting)
  | RetryRequest
  | VerifyRequest;

interface StartCall {
  request: StartRequest;
  operator: string;
  /** One a press: however often the request is sent for it, it starts one task. */
  key: string;
}

const SEND_AGAIN = 2;

/** Starts a sync under the operator's name. A busy server throws `ApiError` with `currentTask`; `null` = no gaps to sync. */
export function useStartSync() {
  return useMutation<Started | null, Error, StartCall>({
    mutationFn: ({ request, operator, key }) => {
      const headers = { ...operatorHeader(operator), "idempotency-key": key };
      if ("scheduleId" in request) {
        const { scheduleId, if_busy, priority } = request;
        return call("POST", `/schedules/${scheduleId}/run`, { query: { if_busy, priority }, headers });
      }
      if ("daysBack" in request) {
        const { daysBack, if_busy, priority } = request;
        return call("POST", "/sync/pending", { query: { days_back: daysBack, if_busy, priority }, headers });
      }
      if ("retryOf" in request) {
        const { retryOf, only, days, accept_incomplete, if_busy, priority } = request;
        const path = `/sync/batch/${encodeURIComponent(retryOf)}/retry`;
        return call("POST", path, { body: { only, days, accept_incomplete, if_busy, priority }, headers });
      }
      if ("verify" in request) {
        const { verify: _, ...asked } = request;
        return call("POST", "/verify", { body: asked, headers });
      }
      return call("POST", "/sync/batch", { body: request, headers });
    },
    // Nobody knows whether a lost request arrived; its key makes it safe to send again.
    retry: (failures, error) => error instanceof ConnectionError && failures < SEND_AGAIN,
  });
}

/** A refusal is final, everything else may be over in a moment. */
export function shouldRetry(failures: number, error: Error): boolean {
  return !(error instanceof ApiError && error.status < 500) && failures < 2;
}
