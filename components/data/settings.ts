"use client";

import { useQuery } from "@tanstack/react-query";
import type { Replies } from "@/lib/contract/routes";
import { call } from "./api";
import { keys } from "./keys";

const READ_EVERY_MS = 10_000;

/** Who serves, from what and with which configuration. */
export function useSettings() {
  return useQuery({
    queryKey: keys.settings,
    queryFn: ({ signal }) => call<Replies["GET /settings"]>("GET", "/settings", { signal }),
    staleTime: 0,
    refetchInterval: READ_EVERY_MS,
    refetchOnWindowFocus: true,
  });
}
