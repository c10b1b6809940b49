"use client";

import { createContext, useContext } from "react";
import type { Progress } from "@/lib/contract/task";

export interface Life {
  pause: (task: Progress) => void;
  resume: (task: Progress) => void;
  /** Asks again first, with what it means in days; for a waiting task it means to leave the queue. */
  cancel: (task: Progress) => void;
  setPriority: (task: Progress, priority: number) => void;
  /** The task as this page asked for it a moment ago; the server's word wins. */
  shown: <Task extends Progress>(task: Task) => Task;
}

export const LifeContext = createContext<Life | null>(null);

/** What a person can do with a task that exists. Whatever the server answers is told on the page. */
export function useLife(): Life {
  const life = useContext(LifeContext);
  if (!life) throw new Error("useLife needs a LifeProvider above it");
  return life;
}
