import { type AdoptionOptions, createAdoption } from "./adoption";
import { bootDatabase, type Booted } from "@/server/db/boot";
import type { Connection } from "@/server/db/connect";
import { nameRequired } from "@/server/db/table-shape";
import { allEnded, everyStep, noLongerThan, STOP_MS } from "@/server/stop-steps";
import { type Dispatching, dispatchEverySoOften } from "./dispatch-loop";
import type { Clock } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import type { takePartWith } from "./take-part";
import type { ComposedNotifier } from "./notifier";
import type { Sync } from "./sync";

/** A look under way may take as long as any answer of the database; a stop waits for it no longer than this. */
const LAST_LOOK_MS = 1_000;

export interface LifeParts extends Omit<AdoptionOptions, "signal"> {
  connection: Connection;
  sync: Sync;
  others: ReturnType<typeof takePartWith>;
  source: Source;
  notifier: ComposedNotifier;
  clock: Clock;
}

/** The life of an instance: it waits for its database, works, and ends its work in order. Readiness is told from here. */
export function createLifeCycle({ connection, others, source, notifier, clock, log, ...parts }: LifeParts) {
  const { hub, manager, scheduler, sourceTester } = parts.sync;
  const closing = new AbortController();
  const adoption = createAdoption({ ...parts, connection, log, signal: closing.signal });
  /** What the boot found out; null before the database answered for the first time. */
  let booted: Booted | null = null;
  let ready = false;
  let notReadyBecause = "the database is being prepared";
  let dispatching: Dispatching | null = null;

  return {
    /** How the database is reached; null = it has not answered yet. */
    pooler: () => booted && booted.pooler,
    nameRequired: () => booted !== null && nameRequired(booted.shape),
    adopting: adoption.progress,
    /** Null = ready; else why not. */
    notReady(): string | null {
      if (!ready) return adoption.why() ?? notReadyBecause;
      return hub.databaseMs() === null ? "the database does not answer" : (hub.rival()?.message ?? null);
    },
    /** Waits for the database, migrates it and begins to look for work. Rejects on faults that waiting does not mend. */
    async open(): Promise<void> {
      booted = await bootDatabase(connection, log, closing.signal);
      await others.join(closing.signal);
      // From here on the pages see the state, and that the days of an existing table are being adopted.
      await hub.open();
      const adopted = await adoption.run(booted.shape.date_index);
      if (adopted) hub.events.coverageChanged(adopted.from, adopted.to);
      closing.signal.throwIfAborted();
      ready = true;
      dispatching = dispatchEverySoOften({ clock, manager, leaseLeftMs: hub.leaseLeftMs, log });
      scheduler.open();
      others.listen({ hub, manager, scheduler, dispatching });
    },
    /** Ends the work: the day in work is finished or rolled back, the lease given back. */
    async stopWork(): Promise<void> {
      ready = false;
      notReadyBecause = "the server is stopping";
      closing.abort(new Error("the server stops"));
      dispatching?.stop();
      const work = () =>
        allEnded([scheduler.stop(), sourceTester.stop(), manager.stop(), others.stopListening(), adoption.ended()]);
      // A last look of the hub would be one more sign of life.
      const goodBye = () => everyStep([() => noLongerThan(LAST_LOOK_MS, "the last look", log, hub.close), others.leave]);
      const around = () => allEnded([(async () => source.close?.())(), notifier?.stop(), goodBye()]);
      await everyStep([
        () => noLongerThan(STOP_MS.work, "work", log, work),
        () => noLongerThan(STOP_MS.around, "lines and notices", log, around),
      ]);
    },
  };
}
