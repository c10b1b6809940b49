import type { SyncState } from "@/lib/contract/events";

export type Connection = "connecting" | "live" | "reconnecting";

export interface Shown {
  state: SyncState | null;
  connection: Connection;
  /** Which try to reconnect this is; 0 while live. */
  attempt: number;
  /** Clock of this browser (ms) when the last state arrived; null before the first. */
  shownSince: number | null;
}

/** What the server renders and every part of the page begins with, however late it is hydrated. */
export const NOTHING_YET: Shown = { state: null, connection: "connecting", attempt: 0, shownSince: null };

/** Holds what is shown; a change is a new object. */
export function createLiveStore() {
  let shown = NOTHING_YET;
  let retry = () => {};
  const listeners = new Set<() => void>();
  return {
    /** Tries to connect at once; what that means is said by the connection. */
    retryNow: () => retry(),
    retryBy(now: () => void): void {
      retry = now;
    },
    read: () => shown,
    change(part: Partial<Shown>): void {
      shown = { ...shown, ...part };
      for (const listener of listeners) listener();
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export type LiveStore = ReturnType<typeof createLiveStore>;
