import type { Day } from "@/lib/contract/day";
import { withDeadline } from "@/server/sync/trying/deadline";
import { BadRowsError, DatabaseAwayError, SourceError, type SystemPause, timedOut, wordsOf } from "@/server/sync/errors";
import { keepLease } from "@/server/sync/run/lease-keeper";
import { asFailure } from "@/server/sync/day/outcomes";
import type { LeaseStore } from "@/server/sync/lease-ports";
import type { Clock, Log, TaskReader, TradingCalendar } from "@/server/sync/ports";
import { adviceOn } from "./source-advice";
import { createTestedDays, type TestedDay } from "./tested-day";
import type { Fetched, Source } from "@/server/sync/source-ports";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { pauseOf } from "@/server/sync/trying/circuit";

/** A person waits for the answer. */
const TEST_WITHIN_MS = 60_000;
/** A call that was given up must be gone before the next one may begin; one that does not end is left to itself. */
const ENDS_WITHIN_MS = 2_000;

export type TestResult =
  | { kind: "tested"; test: TestedDay }
  /** Expected refusals are values: a task runs, or somebody tests already, here or on another instance. */
  | { kind: "busy"; task: TaskRecord }
  | { kind: "being_tested" }
  | { kind: "stopping" };

export interface SourceTestOptions {
  clock: Clock;
  log: Log;
  calendar: TradingCalendar;
  source: Source;
  lease: Pick<LeaseStore, "holdForTest" | "renew" | "giveBack">;
  reader: Pick<TaskReader, "task" | "closedSource">;
  /** Keeps what the source said of itself as a whole, for the tasks to come. */
  keepClosed(pause: SystemPause): Promise<void>;
  leaseTtlMs: number;
  /** Called when the lease is free again: what came meanwhile waits. */
  onReleased(): void;
  testWithinMs?: number;
}

/**
 * Fetches one day without storing it. The lease is held meanwhile, so that over all instances no task and no second test
 * speaks to the provider: those that allow one connection ban whoever opens two.
 */
export function createSourceTest(options: SourceTestOptions) {
  const { clock, log, calendar, source, lease } = options;
  const testWithinMs = options.testWithinMs ?? TEST_WITHIN_MS;
  const { blank, closedOn, judged, refusedUntil } = createTestedDays({ clock, calendar, source });
  const stopping = new AbortController();
  let underWay: Promise<unknown> | null = null;

  async function test(day: Day, signal: AbortSignal): Promise<TestResult> {
    if (stopping.signal.aborted) return { kind: "stopping" };
    const closed = calendar.closedReason(day);
    // A source is never asked for a closed day: it would answer with nothing.
    if (closed) return { kind: "tested", test: closedOn(day, 0, closed) };
    if (underWay) return { kind: "being_tested" };
    const run = underHold(day, AbortSignal.any([signal, stopping.signal]));
    underWay = run;
    try {
      return await run;
    } catch (error) {
      if (stopping.signal.aborted) return { kind: "stopping" };
      throw error;
    } finally {
      underWay = null;
    }
  }

  async function underHold(day: Day, signal: AbortSignal): Promise<TestResult> {
    const hold = await lease.holdForTest();
    if (hold.kind === "being_tested") return hold;
    if (hold.kind === "busy") {
      const task = await options.reader.task(hold.taskId);
      // It ended between the refusal and the look: whoever asks again gets the test.
      return task ? { kind: "busy", task } : { kind: "being_tested" };
    }
    const { epoch } = hold;
    const lost = new AbortController();
    const onLost = (why: Error) => lost.abort(new DatabaseAwayError(why));
    const keeper = keepLease({ clock, lease, epoch, ttlMs: options.leaseTtlMs, log, onLost });
    try {
      return { kind: "tested", test: await ask(day, AbortSignal.any([signal, lost.signal])) };
    } finally {
      keeper.stop();
      await release(epoch);
    }
  }

  /** The line goes before the lease does: a task that another instance starts now must find no second one open. */
  async function release(epoch: number): Promise<void> {
    await source.close?.().catch((error: unknown) => log.warn({ err: wordsOf(error) }, "the source did not close"));
    // A lease that cannot be given back runs out by itself.
    await lease.giveBack(epoch).catch((error: unknown) => log.warn({ err: wordsOf(error) }, "the lease was not given back"));
    options.onReleased();
  }

  async function ask(day: Day, signal: AbortSignal): Promise<TestedDay> {
    const closed = await options.reader.closedSource(source);
    if (closed) return refusedUntil(day, closed);
    source.reopen?.();
    const begun = clock.monotonic();
    const seconds = () => Math.round(clock.monotonic() - begun) / 1000;
    let asking: Promise<Fetched> | null = null;
    try {
      const fetched = await withDeadline(
        clock,
        testWithinMs,
        signal,
        () => timedOut(testWithinMs),
        (deadline) => {
          asking = (source.probe ?? source.fetchDay)(day, { signal: deadline, onProgress: () => {} });
          return asking;
        },
      );
      return await judged(day, fetched, seconds(), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SourceError && error.refusal === "quota") await keep(pauseOf(error, clock.now(), calendar.zone));
      const { code, params } = asFailure(error, "source_error");
      log.info({ date: day, err: wordsOf(error) }, "the test of the source was refused");
      const leftOut = error instanceof BadRowsError ? error.leftOut : { rejected: 0, sample: [] };
      return {
        ...blank(day, seconds()),
        outcome: "refused",
        rejected: leftOut.rejected,
        rejected_sample: [...leftOut.sample],
        error: { code, params },
        advice: adviceOn(error, source.name),
      };
    } finally {
      await endOf(asking);
    }
  }

  /** The answer of the test is worth more than the memory of it. */
  async function keep(pause: SystemPause): Promise<void> {
    await options
      .keepClosed(pause)
      .catch((error: unknown) => log.warn({ err: wordsOf(error) }, "what the source said was not kept"));
  }

  async function endOf(asking: Promise<unknown> | null): Promise<void> {
    const timer = new AbortController();
    await Promise.race([asking, clock.sleep(ENDS_WITHIN_MS, timer.signal)]).catch(() => {});
    timer.abort(new Error("ended"));
  }

  return {
    test,
    /** Ends a test that is under way and gives the lease back. */
    async stop(): Promise<void> {
      stopping.abort(new Error("the server stops"));
      await underWay?.catch(() => {});
    },
  };
}

export type SourceTester = ReturnType<typeof createSourceTest>;
