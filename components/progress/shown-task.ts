"use client";

import { useLive } from "@/components/live/live";
import { usePaused } from "@/components/live/use-paused";
import type { Progress } from "@/lib/contract/task";

/** The task the console is about: the current one, else one that was paused and waits for a person, else the last one. */
export function useShownTask(): Progress | null {
  const { state } = useLive();
  const paused = usePaused();
  if (!state) return null;
  return state.current ?? paused[0] ?? state.last;
}
