"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { io, type Socket } from "socket.io-client";
import { type ClientEvents, type ServerEvents, SOCKET_PATH, type SyncState } from "@/lib/contract/events";
import { applyDelta, catchUpAll, freshenTask, noteCoverage, noteChange } from "./freshen";
import { newerState } from "./newer-state";

export type Connection = "connecting" | "live" | "reconnecting";

export interface Live {
  state: SyncState | null;
  connection: Connection;
  /** Which try to reconnect this is; 0 while live. */
  attempt: number;
  /** Clock of this browser (ms) when the last state arrived; null before the first. */
  shownSince: number | null;
  retryNow: () => void;
}

const COVERAGE_EVERY_MS = 1_000;
const REFUSED_RETRY_MS = 5_000;

const Context = createContext<Live | null>(null);

/** Opens the one socket of the page, holds the newest state and freshens what was read over REST. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const socket = useRef<Socket<ServerEvents, ClientEvents> | null>(null);
  const newest = useRef<SyncState | null>(null);
  const [held, setHeld] = useState<{ state: SyncState; at: number } | null>(null);
  const [connection, setConnection] = useState<Connection>("connecting");
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let wasLive = false;
    let refused: ReturnType<typeof setTimeout> | undefined;
    const opened: Socket<ServerEvents, ClientEvents> = io({
      path: SOCKET_PATH,
      transports: ["websocket", "polling"],
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
    });
    socket.current = opened;
    const lost = () => setConnection(wasLive ? "reconnecting" : "connecting");

    opened.on("connect", () => {
      setConnection("live");
      setAttempt(0);
      if (wasLive) catchUpAll(queries);
      wasLive = true;
    });
    opened.on("disconnect", (reason) => {
      lost();
      if (reason === "io server disconnect") opened.connect();
    });
    opened.on("connect_error", () => {
      lost();
      // A refusal by the server itself (not by the network) ends its tries; ours go on.
      if (!opened.active) refused = setTimeout(() => opened.connect(), REFUSED_RETRY_MS);
    });
    opened.io.on("reconnect_attempt", (count) => setAttempt(count));

    opened.on("sync:state", (arrived) => {
      const before = newest.current;
      const state = newerState(before, arrived);
      if (state === before) return;
      newest.current = state;
      setHeld({ state, at: Date.now() });
      freshenTask(queries, state);
      noteChange(queries, before, state);
    });
    opened.on("sync:days", (delta) => applyDelta(queries, delta));
    // Many days a second may land; the table is read again once a second, and always after the last hint.
    let due: ReturnType<typeof setTimeout> | null = null;
    opened.on("coverage:changed", () => {
      due ??= setTimeout(() => {
        due = null;
        noteCoverage(queries);
      }, COVERAGE_EVERY_MS);
    });

    return () => {
      if (due) clearTimeout(due);
      clearTimeout(refused);
      opened.removeAllListeners();
      opened.io.removeAllListeners();
      opened.disconnect();
      socket.current = null;
    };
  }, [queries]);

  const retryNow = useCallback(() => {
    const open = socket.current;
    if (open && !open.connected) open.disconnect().connect();
    catchUpAll(queries);
  }, [queries]);

  const value = useMemo<Live>(
    () => ({ state: held?.state ?? null, connection, attempt, shownSince: held?.at ?? null, retryNow }),
    [held, connection, attempt, retryNow],
  );
  return <Context value={value}>{children}</Context>;
}

/** The newest pushed state and how the page hangs on the server. */
export function useLive(): Live {
  const live = useContext(Context);
  if (!live) throw new Error("useLive needs a LiveProvider above it");
  return live;
}
