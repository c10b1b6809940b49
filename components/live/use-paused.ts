"use client";

import type { Progress } from "@/lib/contract/task";
import { useLive } from "./live";

const NONE: Progress[] = [];

/** Paused tasks, newest first: they hold no lease and wait for a person or for the source. */
export function usePaused(): Progress[] {
  return useLive().state?.paused.tasks ?? NONE;
}
