import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import type { Ledger } from "@/server/sync/plan/ledger";
import type { MomentSession } from "@/server/sync/lease-ports";
import type { Reads, WorkUnderWay } from "@/server/sync/asked/reads";
import { createSyncQueries } from "@/server/sync/asked/sync-queries";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { aCalendar, aLedger, aLedgerDay, aTask } from "../../support/builders";
import { createFakeClock } from "../../support/clock";
import { createFakeSource } from "../../support/fakes";

const NOTHING_WAITS = { planned: [], tasks: [] };

interface Asked {
  ledger?: Ledger;
  closed?: Day[];
  open?: WorkUnderWay;
  mine?: TaskRecord | null;
  stored?: TaskRecord | null;
  session?: MomentSession | null;
}

/** Queries at noon of Tuesday 2024-03-05, before the publish hour. */
function asking({
  ledger = new Map(),
  closed = [],
  open = { running: null, queued: new Set(), waiting: NOTHING_WAITS },
  mine = null,
  stored = null,
  session = null,
}: Asked = {}) {
  const unused = () => Promise.reject(new Error("this test does not ask for it"));
  const reads: Reads = {
    task: async () => stored,
    ledger: async () => ledger,
    closedDays: async () => new Set(closed),
    closedSource: async () => null,
    recentRuns: async () => [{ seconds: 1, days: 1, rowsPerDay: 10 }],
    holdsRealRows: unused,
    tasks: unused,
    receiptDays: unused,
    rejectedRows: unused,
    dayRows: unused,
    activity: unused,
    taskOfKey: unused,
    daysToRetry: unused,
    taskDays: unused,
    daysSince: unused,
    workUnderWay: async () => open,
    activeTask: async () => stored,
    ledgerEntries: async () => [],
    firstKnownDay: unused,
    snapshot: unused,
    serverVersion: unused,
  };
  return createSyncQueries({
    reads,
    lease: { forAMoment: async (work) => (session ? work(session) : null) },
    manager: { current: () => mine },
    events: { coverageChanged() {} },
    calendar: aCalendar(),
    source: createFakeSource(),
    clock: createFakeClock(),
  });
}

describe("the running task", () => {
  test("is told from memory where it runs here, for the database is a moment behind", async () => {
    const queries = asking({ mine: aTask({ success: 3 }), stored: aTask({ success: 2 }) });
    expect(await queries.activeTask()).toMatchObject({ success: 3 });
    expect(await queries.task(aTask().task_id)).toMatchObject({ success: 3 });
  });
  test("is told from the database where it runs elsewhere, like every other task", async () => {
    const queries = asking({ mine: aTask({ task_id: "mine" }), stored: aTask({ success: 2 }) });
    expect(await queries.task(aTask().task_id)).toMatchObject({ success: 2 });
    expect(await asking({ stored: aTask({ success: 2 }) }).activeTask()).toMatchObject({ success: 2 });
  });
});

describe("a preview while a task runs", () => {
  test("names the task and leaves its days to it", async () => {
    const open = {
      running: "2024-03-01",
      queued: new Set(["2024-03-01", "2024-03-04"] as const),
      waiting: NOTHING_WAITS,
    } as const;
    const preview = await asking({ mine: aTask(), open }).preview({ from: "2024-02-29", to: "2024-03-04", force: false });
    expect(preview.counts).toMatchObject({ missing: 1, in_running_sync: 2, weekend: 2 });
    expect(preview.current_task?.task_id).toBe(aTask().task_id);
  });
});

describe("a check", () => {
  test("recounts while nothing runs", async () => {
    const session: MomentSession = {
      ledger: async () => aLedger(aLedgerDay("2024-03-04")),
      countRows: async () => 0,
      correct: async () => {},
      adopt: async () => 0,
    };
    expect(await asking({ session }).check("2024-03-04")).toEqual({ need_sync: true, reason: "missing" });
  });
  test("only reports while a task runs, and says what it does about the day", async () => {
    const open = {
      running: "2024-03-01",
      queued: new Set(["2024-03-01", "2024-03-04"] as const),
      waiting: NOTHING_WAITS,
    } as const;
    const queries = asking({ ledger: aLedger(aLedgerDay("2024-02-29")), open });
    expect(await queries.check("2024-03-01")).toEqual({ need_sync: false, reason: "running" });
    expect(await queries.check("2024-03-04")).toEqual({ need_sync: false, reason: "queued" });
    expect(await queries.check("2024-02-29")).toEqual({ need_sync: false, reason: "complete" });
    expect(await queries.check("2024-03-05")).toEqual({ need_sync: false, reason: "not_published" });
  });
});

test("gaps of the last days leave out today before the publish hour", async () => {
  const ledger = aLedger(aLedgerDay("2024-03-01"), aLedgerDay("2024-02-29", { state: "failed", rows: 0 }));
  expect(await asking({ ledger }).gaps(6)).toEqual(["2024-02-29", "2024-03-04"]);
});

test("the extent of the table knows neither failed days nor sample rows under a real source", async () => {
  const ledger = aLedger(
    aLedgerDay("2024-02-20", { source: "sample" }),
    aLedgerDay("2024-02-21", { state: "failed", rows: 0 }),
    aLedgerDay("2024-02-22"),
    aLedgerDay("2024-02-23"),
    aLedgerDay("2024-02-26", { state: "suspect" }),
  );
  expect(await asking({ ledger }).extent()).toEqual({ first: "2024-02-22", lastComplete: "2024-02-23", adopted: null });
  expect(await asking().extent()).toEqual({ first: null, lastComplete: null, adopted: null });
});

test("the extent counts the adopted days that a sync can replace: no closed ones, none that were replaced", async () => {
  const adopted = { source: "adopted" };
  const ledger = aLedger(
    aLedgerDay("2024-02-22", adopted),
    aLedgerDay("2024-02-23"),
    aLedgerDay("2024-02-24", adopted),
    aLedgerDay("2024-02-26", { ...adopted, state: "suspect" }),
  );
  expect((await asking({ ledger }).extent()).adopted).toEqual({ days: 2, from: "2024-02-22", to: "2024-02-26" });
});
