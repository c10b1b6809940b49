"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { connect } from "./connect";
import { createLiveStore, type LiveStore, NOTHING_YET, type Shown } from "./store";

export interface Live extends Shown {
  retryNow: () => void;
}

const Context = createContext<LiveStore | null>(null);

/** Opens the one socket of the page, holds the newest state and freshens what was read over REST. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [store] = useState(createLiveStore);
  useEffect(() => connect(store, queries), [store, queries]);
  return <Context value={store}>{children}</Context>;
}

/** The newest pushed state and how the page hangs on the server. */
export function useLive(): Live {
  const store = useContext(Context);
  if (!store) throw new Error("useLive needs a LiveProvider above it");
  // A part of the page that is hydrated late must begin like the server did, though states came in meanwhile.
  const shown = useSyncExternalStore(store.subscribe, store.read, () => NOTHING_YET);
  return useMemo(() => ({ ...shown, retryNow: store.retryNow }), [shown, store]);
}
