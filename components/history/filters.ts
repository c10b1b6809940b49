"use client";

import { parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { TaskFilters } from "@/components/data/keys";
import { addDays, type Day } from "@/lib/contract/day";
import { TASK_TYPES } from "@/lib/contract/task";

/** Statuses a person looks for; the rest pass by within seconds. */
export const SHOWN_STATUSES = ["running", "queued", "paused", "completed", "cancelled", "failed"] as const;

/** Periods in days up to today. */
export const PERIODS = ["1", "7", "30", "365"] as const;

const PAGE_SIZE = 25;

const PARSERS = {
  status: parseAsStringLiteral(SHOWN_STATUSES),
  type: parseAsStringLiteral(TASK_TYPES),
  days: parseAsStringLiteral(PERIODS),
  /** Cursors of the pages behind this one; the last one is this page's. */
  page: parseAsArrayOf(parseAsString).withDefault([]),
};

/** Filters and page of the history as the URL holds them. A new filter starts again at the newest task. */
export function useHistoryFilters() {
  const [url, setUrl] = useQueryStates(PARSERS, { history: "push" });
  return {
    ...url,
    isFiltered: url.status !== null || url.type !== null || url.days !== null,
    choose: (next: Partial<Pick<typeof url, "status" | "type" | "days">>) => void setUrl({ ...next, page: null }),
    clear: () => void setUrl({ status: null, type: null, days: null, page: null }),
    older: (cursor: string) => void setUrl({ page: [...url.page, cursor] }),
    newer: () => void setUrl({ page: url.page.length > 1 ? url.page.slice(0, -1) : null }),
  };
}

type Chosen = Pick<ReturnType<typeof useHistoryFilters>, "status" | "type" | "days" | "page">;

/** What to ask the server for; `today` is the exchange's. */
export function requestOf({ status, type, days, page }: Chosen, today: Day | null): TaskFilters {
  const from = days !== null && today !== null ? addDays(today, 1 - Number(days)) : null;
  return { status, type, from, cursor: page.at(-1) ?? null, limit: PAGE_SIZE };
}

/** Fires that came to nothing have neither status nor days: they stand where all tasks are shown. */
export function showsFires({ status, type, days }: Pick<Chosen, "status" | "type" | "days">): boolean {
  return status === null && type === null && days === null;
}
