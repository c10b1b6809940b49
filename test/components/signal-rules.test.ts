import { describe, expect, it } from "vitest";
import { signalsOf } from "@/components/shell/signal-rules";
import type { SyncState } from "@/lib/contract/events";

const STATE: SyncState = {
  boot_id: "b",
  seq: 1,
  server_time: "2025-11-19T14:08:43+08:00",
  today: "2025-11-19",
  last_due_day: "2025-11-19",
  epoch: 1,
  current: null,
  last: null,
  queue: { tasks: [], count: 0 },
  paused: { tasks: [], count: 0 },
  instances: [
    { id: "1", name: "node-a", holder: false, renewed_ms_ago: null },
    { id: "2", name: "node-b", holder: true, renewed_ms_ago: 2_000 },
  ],
  watching: 3,
  database: { ok: true, ms: 3 },
};

describe("the three signals", () => {
  it("say how things stand while the page is live", () => {
    const signals = signalsOf({ connection: "live", attempt: 0, state: STATE }, 200);
    expect(signals.map((signal) => `${signal.word} ${signal.tone}`)).toEqual(["live ok", "database ok", "lease ok"]);
    expect(signals[2]?.figure).toEqual({ kind: "holder", name: "node-b", ms: 2_200 });
  });

  it("are unknown, not their last good value, when the page is cut off", () => {
    const [page, database, lease] = signalsOf({ connection: "reconnecting", attempt: 3, state: STATE }, 9_000);
    expect(page).toMatchObject({ word: "reconnecting", tone: "warn", figure: { kind: "attempt", count: 3 } });
    for (const signal of [database, lease]) expect(signal).toMatchObject({ tone: "off", figure: { kind: "unknown" } });
  });

  it("doubt a lease whose database is away", () => {
    const state: SyncState = { ...STATE, database: { ok: false, since: "2025-11-19T14:08:51+08:00" } };
    const [, database, lease] = signalsOf({ connection: "live", attempt: 0, state }, 0);
    expect(database).toMatchObject({ word: "databaseAway", tone: "bad" });
    expect(lease).toMatchObject({ word: "leaseUnproven", tone: "warn" });
  });

  it("call the lease free when nobody holds it", () => {
    const signals = signalsOf({ connection: "live", attempt: 0, state: { ...STATE, instances: [] } }, 0);
    expect(signals[2]).toMatchObject({ word: "leaseFree", figure: null });
  });
});
