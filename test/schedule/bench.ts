import type { Day } from "@/lib/contract/day";
import type { FireOutcome, ScheduleId } from "@/lib/contract/schedule";
import type { TradingCalendar } from "@/server/sync/ports";
import type { FireKey, ScheduleRecord, ScheduleStore } from "@/server/sync/schedule-ports";
import { createScheduler } from "@/server/sync/schedule/scheduler";
import type { StartRequest } from "@/server/sync/task/start-request";
import { aCalendar, aTask } from "../support/builders";
import { createFakeClock, settle } from "../support/clock";
import { createFakeLog } from "../support/fakes";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

export interface Started {
  key: FireKey;
  request: StartRequest;
}

/** An instant of the form `2026-03-06T20:00:00+08:00` in Unix milliseconds. */
export const at = (instant: string): number => Date.parse(instant);

export function aSchedule(id: ScheduleId, over: Partial<ScheduleRecord> = {}): ScheduleRecord {
  const time = id === "daily" ? "20:00" : "08:00";
  return { id, enabled: true, time, active_since_ms: 0, changed_by: null, changed_ms: null, fires: [], ...over };
}

interface World {
  now: string;
  calendar?: TradingCalendar;
  /** Only these exist; without saying so, the daily one. */
  schedules?: ScheduleRecord[];
}

/** The tables of the schedules in memory, a clock, and as many schedulers as a test asks for. */
export function aWorld({ now, calendar = aCalendar(), schedules = [aSchedule("daily", { active_since_ms: at(now) })] }: World) {
  const clock = createFakeClock(at(now));
  const started: Started[] = [];
  const world = { busy: false, gaps: [] as Day[], away: false, hints: 0, held: 0 };
  const schedule = (id: ScheduleId) => schedules.find((one) => one.id === id) as ScheduleRecord;

  const store: ScheduleStore = {
    async schedules() {
      if (world.away) throw new Error("connection refused");
      return structuredClone(schedules);
    },
    async change(id, change, by, nowMs) {
      const one = schedule(id);
      const begins = (change.time !== undefined && change.time !== one.time) || (change.enabled === true && !one.enabled);
      Object.assign(one, change, { changed_by: by, changed_ms: nowMs }, begins ? { active_since_ms: nowMs } : {});
    },
    async recordFire(fire) {
      const { fires } = schedule(fire.schedule_id);
      if (fires.some((one) => one.local_date === fire.local_date)) return false;
      fires.unshift({ ...fire, unpublished_ms: null });
      return true;
    },
    async hold() {
      world.held += 1;
    },
    async fires() {
      return schedules.flatMap((one) => one.fires);
    },
  };

  async function start(request: StartRequest, key?: FireKey) {
    if (!key) throw new Error("a scheduler starts for a fire only");
    const { fires } = schedule(key.schedule_id);
    const known = fires.find((one) => one.local_date === key.local_date);
    if (key.again ? known?.task_id !== key.again.after : known) return { kind: "fired_already" } as const;
    const isSkipped = world.busy && request.if_busy === "reject" && !key.again;
    const isQueued = world.busy || key.again !== undefined;
    const outcome: FireOutcome = isSkipped ? "skipped_busy" : isQueued ? "queued" : "started";
    const task_id = isSkipped ? null : `task-${started.length + 1}`;
    const { schedule_id, local_date, at_ms } = key;
    if (known) Object.assign(known, { outcome, task_id, unpublished_ms: null });
    else fires.unshift({ schedule_id, local_date, at_ms, outcome, task_id, unpublished_ms: null });
    if (task_id === null) return { kind: "skipped_busy" } as const;
    started.push({ key, request });
    return { kind: isQueued ? "queued" : "started", task: aTask({ task_id }) } as const;
  }

  function aScheduler(over: { enabled?: boolean; sample?: boolean; ifBusy?: "queue" | "skip" } = {}) {
    const { enabled = true, sample = false, ifBusy = "queue" } = over;
    const log = createFakeLog();
    const scheduler = createScheduler({
      clock,
      log,
      store,
      calendar,
      enabled,
      ifBusy,
      source: { sample },
      manager: { start: start as Parameters<typeof createScheduler>[0]["manager"]["start"] },
      gaps: async () => world.gaps,
      onChanged: () => void (world.hints += 1),
    });
    return { ...scheduler, log };
  }

  return {
    clock,
    store,
    started,
    world,
    aScheduler,
    /** Lets time pass until the wall clock shows that instant. */
    until: (instant: string) => clock.advance(at(instant) - clock.now()),
    /** The source had nothing yet when the last task of the day ended, at this moment. */
    endUnpublished(id: ScheduleId): void {
      const fire = schedule(id).fires[0];
      if (fire) fire.unpublished_ms = clock.now();
    },
    /** `date outcome` of every fire, oldest first. */
    fires: (id: ScheduleId = "daily") =>
      schedule(id)
        .fires.map((fire) => `${fire.local_date} ${fire.outcome}`)
        .sort(),
    settle,
  };
}
