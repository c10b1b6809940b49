"use client";

import { useMemo } from "react";
import { usePausedTasks } from "@/components/data/queries";
import type { Progress } from "@/lib/contract/task";
import { useLive } from "./live";

const NONE: Progress[] = [];

/** Paused tasks, newest first; one that the pushed state already names otherwise is none any more. */
export function usePaused(): Progress[] {
  const { state } = useLive();
  const paused = usePausedTasks().data ?? NONE;
  return useMemo(() => withoutPushed(paused, state), [paused, state]);
}

type Pushed = { current: Progress | null; last: Progress | null; queue: { tasks: Progress[] } } | null;

/** Takes out what runs, waits or has ended by now. */
export function withoutPushed(paused: Progress[], state: Pushed): Progress[] {
  if (!state) return paused;
  const elsewhere = new Set([state.current, state.last, ...state.queue.tasks].map((task) => task?.task_id));
  return paused.filter((task) => !elsewhere.has(task.task_id));
}
