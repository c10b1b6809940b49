"use client";

import { useLive } from "@/components/live/live";
import type { Progress } from "@/lib/contract/task";

/** The task the console is about: the current one, else the last one. */
export function useShownTask(): Progress | null {
  const { state } = useLive();
  return state?.current ?? state?.last ?? null;
}
