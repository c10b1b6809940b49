import type { Live } from "@/components/live/live";

export type SignalTone = "ok" | "warn" | "bad" | "off";

/** The figure beside a signal; `ms` of `ago` and `holder` is how long ago. */
export type SignalFigure =
  | { kind: "attempt"; count: number }
  | { kind: "unknown" }
  | { kind: "ms"; ms: number }
  | { kind: "ago"; ms: number }
  | { kind: "since"; at: string }
  | { kind: "holder"; name: string; ms: number };

export interface Signal {
  name: "page" | "database" | "lease";
  tone: SignalTone;
  word: "connecting" | "live" | "reconnecting" | "database" | "databaseAway" | "lease" | "leaseFree" | "leaseUnproven";
  figure: SignalFigure | null;
}

/**
 * The three signals. A page that is cut off knows nothing of the other two: they say *unknown*, never their last
 * good value. `silentMs` = how long ago the last state arrived.
 */
export function signalsOf(live: Pick<Live, "connection" | "attempt" | "state">, silentMs: number): Signal[] {
  const { state } = live;
  const page = pageSignal(live, silentMs);
  if (live.connection !== "live" || !state) {
    const unknown = { tone: "off", figure: { kind: "unknown" } } as const;
    return [page, { name: "database", word: "database", ...unknown }, { name: "lease", word: "lease", ...unknown }];
  }
  const database: Signal = state.database.ok
    ? { name: "database", tone: "ok", word: "database", figure: { kind: "ms", ms: state.database.ms } }
    : { name: "database", tone: "bad", word: "databaseAway", figure: { kind: "since", at: state.database.since } };
  return [page, database, leaseSignal(state, silentMs)];
}

function pageSignal({ connection, attempt }: Pick<Live, "connection" | "attempt">, silentMs: number): Signal {
  if (connection === "connecting")
    return { name: "page", tone: "off", word: "connecting", figure: attempt > 0 ? { kind: "attempt", count: attempt } : null };
  if (connection === "live") return { name: "page", tone: "ok", word: "live", figure: { kind: "ago", ms: silentMs } };
  return { name: "page", tone: "warn", word: "reconnecting", figure: attempt > 0 ? { kind: "attempt", count: attempt } : null };
}

function leaseSignal(state: NonNullable<Live["state"]>, silentMs: number): Signal {
  const holder = state.instances.find((instance) => instance.holder);
  if (!holder) return { name: "lease", tone: "off", word: "leaseFree", figure: null };
  const figure = { kind: "holder", name: holder.name, ms: (holder.renewed_ms_ago ?? 0) + silentMs } as const;
  return state.database.ok
    ? { name: "lease", tone: "ok", word: "lease", figure }
    : { name: "lease", tone: "warn", word: "leaseUnproven", figure };
}
