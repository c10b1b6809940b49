import type { Day } from "@/lib/contract/day";
import { whileAway } from "@/server/sync/trying/away";
import { createCircuit } from "@/server/sync/trying/circuit";
import { fewRows, judgeAgain, loadedDaysOf } from "@/server/sync/plan/completeness";
import { PauseError } from "@/server/sync/errors";
import { runPipeline } from "./pipeline";
import type { SyncEvents } from "@/server/sync/ports";
import type { EncodedDay, PlannedDay, Rejudged, RunEnd, WorkSession } from "@/server/sync/session-ports";
import type { Rows } from "@/server/sync/rows/cut-rows";
import { createPreparation } from "@/server/sync/range/prepare";
import { planOf, type PlanOptions } from "./plan-of";
import { createRunTracker, type RunTracker } from "./run-tracker";
import { stepsOf } from "@/server/sync/day/steps";
import { createSyncDay } from "@/server/sync/day/sync-day";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { todayOf } from "@/server/sync/time/today";
import { createVerifyDay } from "@/server/sync/day/verify-day";

export interface RunSettings {
  loaders: number;
  prefetchBytes: number;
  dayTimeoutMs: number;
  sampleIntoExisting: boolean;
}

export interface RunOptions extends PlanOptions {
  events: SyncEvents;
  encode(rows: Rows): Promise<EncodedDay>;
  settings: RunSettings;
}

export interface TaskRun {
  task: TaskRecord;
  session: WorkSession;
  signal: AbortSignal;
  draining: AbortSignal;
  pausing: AbortSignal;
  onFailure(error: unknown): void;
  /** Called once the plan is known and there is something to watch. */
  onTracked(tracker: RunTracker): void;
}

export interface RunResult {
  rejudged: Rejudged[];
  /** False where draining left days of the plan for later. */
  isWhole: boolean;
  /** What keeps the rest of the plan for later, and who said it if it was said in this run. */
  pause: Omit<NonNullable<RunEnd["pause"]>, "turn"> | null;
}

/** Plans the task (or reads the plan it had before it was interrupted), brings its days home and judges the range again. */
export async function runTask(options: RunOptions, run: TaskRun): Promise<RunResult> {
  const { clock, log, source, events } = options;
  const { task, session } = run;
  const away = { clock, log, taskId: task.task_id, signal: run.signal };
  const ledger = await whileAway(away, () => session.loadLedger());
  const plan = await whileAway(away, () => planOf(options, run, ledger));
  const closed = await whileAway(away, () => session.closedSource(source));
  // What a source said stands in the database. What it remembers by itself beyond that is over: its time came, or a person
  // insisted, perhaps on another instance.
  if (!closed) source.reopen?.();
  const today = () => todayOf(clock, options.calendar, source);
  const byDate = new Map(plan.map((day) => [day.date, day]));
  const tracker = createRunTracker(task, plan, { clock, log, events, session, onFailure: run.onFailure });
  run.onTracked(tracker);
  const verifies = task.task_type === "verify";
  // Asked anew for each day: a long run may see the publish hour come, or midnight.
  const notDue = (day: Day) => day > today().day || (day === today().day && today().notDue);
  const preparation = createPreparation({
    clock,
    log,
    source,
    plan,
    taskId: task.task_id,
    store: session.stage(task.task_id),
    notDue,
    signal: run.signal,
    stopping: AbortSignal.any([run.draining, run.pausing]),
    watch: tracker,
  });
  const circuit = createCircuit({ clock, zone: options.calendar.zone, closed });
  const days = (verifies ? createVerifyDay : createSyncDay)({
    clock,
    log,
    source: preparation.source,
    exchange: options.calendar,
    session,
    encode: options.encode,
    taskId: task.task_id,
    ledger,
    loadedDays: loadedDaysOf(ledger, source.name),
    acceptIncomplete: task.options.accept_incomplete,
    sampleIntoExisting: options.settings.sampleIntoExisting,
    dayTimeoutMs: options.settings.dayTimeoutMs,
    circuit,
    pausing: run.pausing,
    notDue,
    isToday: (day) => day === today().day,
  });
  const watch = { progressed: tracker.fetchedSoFar, waiting: tracker.waiting };
  let pause: RunResult["pause"] = null;
  try {
    const piped = runPipeline({
      steps: stepsOf(plan, task.options.order),
      loaders: options.settings.loaders,
      prefetchBytes: options.settings.prefetchBytes,
      signal: run.signal,
      draining: run.draining,
      pausing: run.pausing,
      prepare: async (step) => {
        tracker.fetching(step.date);
        return circuit.isShut() ? true : preparation.before(step.date);
      },
      fetch: (step, signal) => {
        tracker.fetching(step.date);
        return days.fetch(step, signal, watch);
      },
      bytesOf: (ready) => (ready.content.kind === "rows" ? ready.content.encoded.body.length : 0),
      store: async (ready) => {
        tracker.storing(ready.step.date);
        const outcome = await days.store(ready, run.signal);
        log.info(
          {
            task_id: task.task_id,
            date: outcome.date,
            status: outcome.status,
            reason: outcome.reason,
            rows: outcome.rows,
            ms: outcome.duration_ms,
          },
          "day done",
        );
        tracker.done(
          outcome,
          ready.step.skipsBefore.map((date) => byDate.get(date) as PlannedDay),
        );
        await preparation.done(outcome.date);
      },
    });
    await piped.catch((error: unknown) => {
      if (!(error instanceof PauseError)) throw error;
      // Said again as news, what was known would overrule a person who insisted meanwhile.
      pause = { ...error.pause, heardFrom: error.pause === closed ? null : source };
    });
    await tracker.flush();
  } finally {
    await tracker.end();
  }
  const changes = verifies ? [] : judgeAgain(task.start_date, task.end_date, ledger, source.name);
  return {
    rejudged: changes.map(({ day, state, shortfall }) => ({
      date: day.date,
      state,
      warning: shortfall ? fewRows(day.rows, shortfall) : null,
    })),
    isWhole: tracker.isWhole(),
    pause,
  };
}
