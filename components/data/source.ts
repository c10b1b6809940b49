"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Day } from "@/lib/contract/day";
import type { Replies } from "@/lib/contract/routes";
import type { SourceTest } from "@/lib/contract/source";
import { call } from "./api";
import { keys } from "./keys";
import { makeOld } from "./make-old";

const READ_EVERY_MS = 10_000;

/** Which source, what it needs to be set, and how its last call went. */
export function useSource() {
  return useQuery({
    queryKey: keys.source,
    queryFn: ({ signal }) => call<Replies["GET /source"]>("GET", "/source", { signal }),
    staleTime: 0,
    refetchInterval: READ_EVERY_MS,
    refetchOnWindowFocus: true,
  });
}

/** Fetches one day without storing it. Whoever leaves the page ends the call. */
export function useTestSource() {
  const queries = useQueryClient();
  const leaving = useRef<AbortController | null>(null);
  useEffect(() => () => leaving.current?.abort(), []);
  return useMutation<SourceTest, Error, Day>({
    mutationFn: (day) => {
      leaving.current = new AbortController();
      return call<Replies["POST /source/test"]>("POST", "/source/test", { body: { day }, signal: leaving.current.signal });
    },
    onSettled: () => {
      for (const queryKey of [keys.source, keys.console, keys.preview]) makeOld(queries, { queryKey });
    },
    retry: false,
  });
}
