"use client";

import { useSyncExternalStore } from "react";
import type { Drafts } from "./drafts";

const NONE: Drafts = {};
const listeners = new Set<() => void>();
let held: Drafts = NONE;

/** Times typed and not saved yet. They outlive the page they were typed on, not the tab: the browser asks before they are lost. */
export function useDrafts(): Drafts {
  return useSyncExternalStore(subscribe, read, () => NONE);
}

export function changeDrafts(change: (drafts: Drafts) => Drafts): void {
  held = change(held);
  if (Object.keys(held).length > 0) window.addEventListener("beforeunload", warn);
  else window.removeEventListener("beforeunload", warn);
  for (const listener of listeners) listener();
}

function read(): Drafts {
  return held;
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
