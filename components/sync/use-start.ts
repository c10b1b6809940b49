"use client";

import { createContext, useContext } from "react";
import type { ApiError } from "@/components/data/api";
import type { StartRequest } from "@/components/data/queries";

export interface StartOptions {
  /** What the plan says of it, shown as *Yours* when another sync is running. */
  plan?: { fetch_days: number; seconds: [number, number] | null };
  /** Takes a refusal that belongs to a field; without it every refusal is told by a toast. True = taken. */
  onRefused?: (error: ApiError) => boolean;
}

export interface Start {
  /** Starts a sync. Settles when the server has answered; whatever it says is told on the page. */
  start: (request: StartRequest, options?: StartOptions) => Promise<void>;
  isStarting: boolean;
}

export const StartContext = createContext<Start | null>(null);

/** The one way to start a sync: asks for the operator's name once, then start, busy dialog or toast. */
export function useStart(): Start {
  const start = useContext(StartContext);
  if (!start) throw new Error("useStart needs a StartProvider above it");
  return start;
}
