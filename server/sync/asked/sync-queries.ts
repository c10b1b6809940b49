import type { CoverageRun } from "@/lib/contract/coverage";
import type { Day } from "@/lib/contract/day";
import type { Preview } from "@/lib/contract/plan";
import { adoptedExtent, type AdoptedExtent } from "@/server/sync/plan/adopt";
import { type DayCheck, checkOf, recountDay } from "./check-day";
import { coverageRuns, gapDays } from "./coverage";
import { type BareDayRecord, dayRecords, lastDays } from "./day-records";
import { withLearntClosures } from "@/server/sync/plan/learnt-closures";
import { type CoverageContext, isLoaded } from "@/server/sync/plan/ledger";
import type { LeaseStore, MomentSession } from "@/server/sync/lease-ports";
import type { Clock, SyncEvents, TradingCalendar } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import { type PreviewRequest, previewOf } from "./preview";
import { toBusyTask } from "./progress";
import type { Reads } from "./reads";
import type { SyncManager } from "@/server/sync/run/sync-manager";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { daysUnderWay } from "./waiting-days";
import { todayOf } from "@/server/sync/time/today";

export interface SyncQueriesOptions {
  reads: Reads;
  lease: Pick<LeaseStore, "forAMoment">;
  manager: Pick<SyncManager, "current">;
  events: Pick<SyncEvents, "coverageChanged">;
  calendar: TradingCalendar;
  source: Source;
  clock: Pick<Clock, "now">;
}

/** What pages and scripts ask about days and tasks, answered from the ledger, the calendar and the running task. */
export function createSyncQueries(options: SyncQueriesOptions) {
  const { reads, manager, calendar, source, clock } = options;
  const today = () => todayOf(clock, calendar, source);

  async function knownCalendar(): Promise<TradingCalendar> {
    return withLearntClosures(calendar, await reads.closedDays(source.name));
  }

  async function context(): Promise<CoverageContext> {
    const { day, notDue } = today();
    const [ledger, known] = await Promise.all([reads.ledger(), knownCalendar()]);
    return { ledger, calendar: known, source: source.name, today: day, todayNotDue: notDue };
  }

  /** The running task as this instance knows it best: from memory where it runs here, else from the database. */
  async function activeTask(): Promise<TaskRecord | null> {
    return manager.current() ?? (await reads.activeTask());
  }

  return {
    today,
    activeTask,

    async task(taskId: string): Promise<TaskRecord | null> {
      const mine = manager.current();
      return mine?.task_id === taskId ? mine : reads.task(taskId);
    },

    async coverage(from: Day, to: Day): Promise<CoverageRun[]> {
      const [facts, work] = await Promise.all([context(), reads.workUnderWay()]);
      return coverageRuns(from, to, facts, daysUnderWay(from, to, work, facts));
    },

    /** Missing, failed and suspect days of the last calendar days. */
    async gaps(daysBack: number): Promise<Day[]> {
      const { from, to } = lastDays(today().day, daysBack);
      return gapDays(from, to, await context());
    },

    async preview(request: PreviewRequest): Promise<Preview> {
      const [facts, underWay, runs, closedSource, active] = await Promise.all([
        context(),
        reads.workUnderWay(),
        reads.recentRuns(source.name, "sync"),
        reads.closedSource(source),
        activeTask(),
      ]);
      return previewOf(request, {
        context: facts,
        inRunningSync: underWay.queued,
        runs,
        cheapByRange: source.prepare !== undefined,
        sample: source.sample,
        publishHour: source.publishHour,
        budget: source.budget?.() ?? null,
        closedSource,
        currentTask: active ? toBusyTask(active, calendar.zone, clock.now()) : null,
      });
    },

    /** Records of the original tool for a range, newest first; closed days have none. */
    async records(from: Day, to: Day): Promise<BareDayRecord[]> {
      const [entries, facts, work] = await Promise.all([reads.ledgerEntries(from, to), context(), reads.workUnderWay()]);
      return dayRecords(from, to, entries, facts, daysUnderWay(from, to, work, facts));
    },

    /** Recounts a day under the lease; while a task runs it only reports. */
    async check(day: Day): Promise<DayCheck> {
      const { day: now, notDue } = today();
      const around = { calendar: await knownCalendar(), source: source.name, today: now, todayNotDue: notDue };
      let corrected = false;
      const noting = (session: MomentSession): MomentSession => ({
        ...session,
        correct(...what) {
          corrected = true;
          return session.correct(...what);
        },
      });
      const counted = await options.lease.forAMoment((session) => recountDay(day, noting(session), around));
      if (corrected) options.events.coverageChanged(day, day);
      if (counted) return counted;
      const [facts, work] = await Promise.all([context(), reads.workUnderWay()]);
      const underWay = daysUnderWay(day, day, work, facts);
      if (underWay.queued.has(day)) return { need_sync: false, reason: day === underWay.running ? "running" : "queued" };
      return checkOf(day, facts);
    },

    /** First day of the ledger and last complete one, under this source, and what of it was adopted. */
    async extent(): Promise<{ first: Day | null; lastComplete: Day | null; adopted: AdoptedExtent | null }> {
      const ledger = await reads.ledger();
      const loaded = [...ledger.values()].filter((day) => isLoaded(day, source.name));
      const dates = loaded.map((day) => day.date).sort();
      const complete = loaded
        .filter((day) => day.state === "complete")
        .map((day) => day.date)
        .sort();
      return { first: dates[0] ?? null, lastComplete: complete.at(-1) ?? null, adopted: adoptedExtent(ledger, calendar) };
    },
  };
}

export type SyncQueries = ReturnType<typeof createSyncQueries>;
