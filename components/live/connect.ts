import type { QueryClient } from "@tanstack/react-query";
import { io, type Socket } from "socket.io-client";
import { type ClientEvents, type ServerEvents, SOCKET_PATH } from "@/lib/contract/events";
import { applyDelta, catchUpAll, freshenTask, isOnAnotherDay, noteChange, noteCoverage, noteSchedules } from "./freshen";
import { newerState } from "./newer-state";
import type { LiveStore } from "./store";

/** Many days a second may land; the table is read again once a second, and always after the last hint. */
const COVERAGE_EVERY_MS = 1_000;
const REFUSED_RETRY_MS = 5_000;
/** A line that is back is noticed within two seconds, also after a long night: ten people who knock each second are nothing to the server. */
const RETRY_WITHIN_MS = 1_500;

/** Keeps one socket open and feeds store and queries from it; returns how to close it. */
export function connect(store: LiveStore, queries: QueryClient): () => void {
  let wasLive = false;
  /** The line was gone for a moment: whatever was asked meanwhile, or before, may have failed or be old. */
  let wasCut = false;
  let coverageDue: ReturnType<typeof setTimeout> | undefined;
  let refused: ReturnType<typeof setTimeout> | undefined;
  const socket: Socket<ServerEvents, ClientEvents> = io({
    path: SOCKET_PATH,
    transports: ["websocket", "polling"],
    reconnectionDelay: 500,
    reconnectionDelayMax: RETRY_WITHIN_MS,
    randomizationFactor: 0.3,
  });
  const lost = () => {
    wasCut = true;
    store.change({ connection: wasLive ? "reconnecting" : "connecting" });
  };

  const coverageSoon = () => {
    coverageDue ??= setTimeout(() => {
      coverageDue = undefined;
      noteCoverage(queries);
    }, COVERAGE_EVERY_MS);
  };

  socket.on("connect", () => {
    store.change({ connection: "live", attempt: 0 });
    if (wasCut) catchUpAll(queries);
    wasLive = true;
    wasCut = false;
  });
  socket.on("disconnect", (reason) => {
    lost();
    // A server that goes down says goodbye first; without this its return would go unnoticed.
    if (reason === "io server disconnect") socket.connect();
  });
  socket.on("connect_error", () => {
    lost();
    // A refusal by the server itself (not by the network) ends its tries; ours go on.
    if (!socket.active) refused = setTimeout(() => socket.connect(), REFUSED_RETRY_MS);
  });
  socket.io.on("reconnect_attempt", (attempt) => store.change({ attempt }));

  socket.on("sync:state", (arrived) => {
    const before = store.read().state;
    const state = newerState(before, arrived);
    if (state === before) return;
    store.change({ state, shownSince: Date.now() });
    freshenTask(queries, state);
    noteChange(queries, before, state);
    if (isOnAnotherDay(before, state)) coverageSoon();
  });
  socket.on("sync:days", (delta) => applyDelta(queries, delta));
  socket.on("coverage:changed", coverageSoon);
  socket.on("schedule:changed", () => noteSchedules(queries));

  const tryNow = () => {
    if (!socket.connected) socket.disconnect().connect();
  };
  store.retryBy(() => {
    tryNow();
    catchUpAll(queries);
  });
  // The browser knows before any timer does.
  window.addEventListener("online", tryNow);
  return () => {
    window.removeEventListener("online", tryNow);
    clearTimeout(coverageDue);
    clearTimeout(refused);
    socket.removeAllListeners();
    socket.io.removeAllListeners();
    socket.disconnect();
  };
}
