"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { connect } from "./connect";
import { createLiveStore, type LiveStore, NOTHING_YET, type Shown } from "./store";

export interface Live extends Shown {
  retryNow: () => void;
}

interface Held {
  store: LiveStore;
  retry: { now: () => void };
}

const Context = createContext<Held | null>(null);

/** Opens the one socket of the page, holds the newest state and freshens what was read over REST. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [held] = useState<Held>(() => ({ store: createLiveStore(), retry: { now: () => undefined } }));
  useEffect(() => {
    const connected = connect(held.store, queries);
    held.retry.now = connected.retryNow;
    return connected.close;
  }, [held, queries]);
  return <Context value={held}>{children}</Context>;
}

/** The newest pushed state and how the page hangs on the server. */
export function useLive(): Live {
  const held = useContext(Context);
  if (!held) throw new Error("useLive needs a LiveProvider above it");
  // A part of the page that is hydrated late must begin like the server did, though states came in meanwhile.
  const shown = useSyncExternalStore(held.store.subscribe, held.store.read, () => NOTHING_YET);
  return useMemo(() => ({ ...shown, retryNow: () => held.retry.now() }), [shown, held]);
}
