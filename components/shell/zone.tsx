"use client";

import { createContext, type ReactNode, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import { useConsoleInfo } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { offsetOf } from "./clock-parts";

/** Whose clock the page shows. Trading days are not touched by it: they have no zone. */
export const CLOCKS = ["exchange", "local", "utc"] as const;
export type Clock = (typeof CLOCKS)[number];

interface Zone {
  clock: Clock;
  /** IANA name of the shown zone, or the bare offset of the exchange; null before anything is known of it. */
  timeZone: string | null;
  /** IANA name of the exchange's zone, null before the first answer. */
  exchangeZone: string | null;
  choose: (clock: Clock) => void;
}

const STORE_KEY = "dayfill_clock";
const Context = createContext<Zone | null>(null);
const listeners = new Set<() => void>();

function readClock(): Clock {
  const stored = localStorage.getItem(STORE_KEY);
  return CLOCKS.find((clock) => clock === stored) ?? "exchange";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** Remembers the chosen clock in this browser. */
export function ZoneProvider({ children }: { children: ReactNode }) {
  const exchangeZone = useConsoleInfo().data?.calendar.zone ?? null;
  const { state } = useLive();
  // The database may be away from the start: every pushed instant still bears the exchange's offset.
  const exchangeOffset = state ? offsetOf(state.server_time) : null;
  const clock = useSyncExternalStore(subscribe, readClock, () => "exchange" as const);
  const choose = useCallback((next: Clock) => {
    localStorage.setItem(STORE_KEY, next);
    for (const listener of listeners) listener();
  }, []);
  const value = useMemo<Zone>(() => {
    const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return { clock, exchangeZone, timeZone: { exchange: exchangeZone ?? exchangeOffset, local, utc: "UTC" }[clock], choose };
  }, [clock, exchangeZone, exchangeOffset, choose]);
  return <Context value={value}>{children}</Context>;
}

export function useZone(): Zone {
  const zone = useContext(Context);
  if (!zone) throw new Error("useZone needs a ZoneProvider above it");
  return zone;
}
