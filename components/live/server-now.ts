"use client";

import { useEffect, useState } from "react";
import { useLive } from "./live";

/** Milliseconds of the server's clock as this page reckons it, renewed every `everyMs`; null before the first state. */
export function useServerNow(everyMs = 1000): number | null {
  const { state, shownSince } = useLive();
  const clock = useBrowserNow(everyMs);
  if (!state || shownSince === null || clock === null) return null;
  return Date.parse(state.server_time) + Math.max(0, clock - shownSince);
}

/** Milliseconds of this browser's clock, renewed every `everyMs`; null while rendering on the server. */
export function useBrowserNow(everyMs = 1000): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
