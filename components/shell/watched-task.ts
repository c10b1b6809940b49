"use client";

import { useSyncExternalStore } from "react";

/** Outlives a reload of the tab, not the tab. */
const KEY = "dayfill_notify";
const listeners = new Set<() => void>();

/** The task whose end this tab will tell, null = none. */
export function readWatched(): string | null {
  return sessionStorage.getItem(KEY);
}

export function watchTask(taskId: string | null): void {
  if (taskId === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, taskId);
  for (const listener of listeners) listener();
}

export function useWatchedTask(): string | null {
  return useSyncExternalStore(subscribe, readWatched, () => null);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
