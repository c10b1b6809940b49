import type { WorkSession } from "@/server/sync/session-ports";
import type { Source } from "@/server/sync/source-ports";
import type { RunSettings } from "@/server/sync/run/run-task";
import { createSyncManager } from "@/server/sync/run/sync-manager";
import { aCalendar } from "../support/builders";
import { createFakeClock, settle } from "../support/clock";
import { createFakeEvents, createFakeLog, createFakeSource, fakeEncode } from "../support/fakes";
import { createMemoryDatabase } from "./memory-database";

const SETTINGS: RunSettings = { loaders: 1, prefetchBytes: 150, dayTimeoutMs: 600_000, sampleIntoExisting: false };

interface Parts {
  source?: Source;
  settings?: Partial<RunSettings>;
  openSession?: (epoch: number) => WorkSession;
}

/** A database, a clock, and as many instances as a test asks for. */
export function aHouse() {
  const clock = createFakeClock();
  const database = createMemoryDatabase(clock);

  function anInstance(
    holder = "one",
    { source = createFakeSource(), settings = {}, openSession = database.openSession }: Parts = {},
  ) {
    const log = createFakeLog();
    const events = createFakeEvents();
    const manager = createSyncManager({
      clock,
      log,
      events,
      source,
      calendar: aCalendar(),
      encode: async (rows) => fakeEncode(rows),
      settings: { ...SETTINGS, ...settings },
      reader: database.reader,
      lease: database.leaseStoreOf(holder),
      commands: database.commands,
      openSession,
      fingerprint: "files|XSHG",
      leaseTtlMs: 15_000,
    });
    return { manager, log, events };
  }

  /** Lets time pass until the task has this status. */
  async function untilTaskIs(status: string, taskId?: string): Promise<void> {
    for (let turn = 0; turn < 2_000; turn += 1) {
      const task = taskId ? database.tasks.get(taskId) : [...database.tasks.values()].at(-1);
      if (task?.status === status) return settle();
      await clock.advance(50);
    }
    throw new Error(
      `the task never became ${status}: ${JSON.stringify([...database.tasks.values()].map((task) => task.status))}`,
    );
  }

  return { clock, database, anInstance, untilTaskIs };
}

/** The task id of a start that began one. */
export function startedId(result: { kind: string; task?: { task_id: string } }): string {
  if (result.kind !== "started" || !result.task) throw new Error(`not started: ${result.kind}`);
  return result.task.task_id;
}
