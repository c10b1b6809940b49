import { isBusy } from "@/lib/contract/task-rules";
import { LeaseLostError } from "@/server/sync/errors";
import type { Claim, LeaseStore } from "@/server/sync/lease-ports";
import type { Clock } from "@/server/sync/ports";
import type { NewTask, TaskRecord } from "@/server/sync/task/task-record";
import { aTask } from "../support/builders";

/** The lease row in memory. */
export interface MemoryLease {
  epoch: number;
  holder: string | null;
  expiresMs: number;
  taskId: string | null;
}

/** What the store of one holder shares with the rest of the database. */
export interface LeaseWorld {
  clock: Clock;
  ttlMs: number;
  lease: MemoryLease;
  tasks: Map<string, TaskRecord>;
  reach(call: string): Promise<void>;
  live(): boolean;
  take(holder: string, taskId: string | null): number;
  give(): void;
  leave(task: TaskRecord): void;
  taskOf(taskId: string): TaskRecord;
  whoIsInTheWay(): TaskRecord | null | undefined;
  claimWaiting(holder: string): TaskRecord | null;
}

/** The lease of one holder, by the rules of the real one. */
export function memoryLeaseStore(world: LeaseWorld, holder: string): LeaseStore {
  const { clock, ttlMs, lease, tasks, reach, live, take, give, leave, taskOf, whoIsInTheWay, claimWaiting } = world;
  return {
    async claimNew(task: NewTask): Promise<Claim> {
      await reach("claimNew");
      const inTheWay = whoIsInTheWay();
      if (inTheWay && !task.mayWait) return { kind: "busy", taskId: inTheWay.task_id };
      if (!inTheWay && live() && lease.taskId === null) return { kind: "being_tested" };
      const { fingerprint: _fingerprint, mayWait: _mayWait, idempotency: _idempotency, ...asked } = task;
      const task_id = `${task.start_date}_${task.end_date}_${tasks.size + 1}`;
      const record = aTask({ ...asked, task_id, total: task.total_days, fetch_days: 0, started_ms: null });
      tasks.set(task_id, record);
      if (inTheWay) Object.assign(record, { status: "queued", epoch: null, holder: null });
      else Object.assign(record, { epoch: take(holder, task_id), holder, started_ms: clock.now() });
      return { kind: inTheWay ? "queued" : "claimed", task: { ...record } };
    },
    async claimNext() {
      await reach("claimNext");
      if (live()) return null;
      for (const task of tasks.values()) {
        if (!isBusy(task.status) || task.status === "interrupted") continue;
        task.takeovers += 1;
        leave(task);
      }
      return claimWaiting(holder);
    },
    async renew(epoch) {
      await reach("renew");
      if (lease.epoch !== epoch || lease.holder !== holder) return false;
      lease.expiresMs = clock.monotonic() + ttlMs;
      return true;
    },
    async holdForTest() {
      await reach("holdForTest");
      const inTheWay = whoIsInTheWay();
      if (inTheWay) return { kind: "busy", taskId: inTheWay.task_id };
      if (live()) return { kind: "being_tested" };
      return { kind: "held", epoch: take(holder, null) };
    },
    async giveBack(epoch) {
      await reach("giveBack");
      if (lease.epoch !== epoch || lease.holder !== holder) throw new LeaseLostError("over");
      give();
    },
    async interrupt(taskId, epoch) {
      await reach("interrupt");
      if (lease.epoch !== epoch || lease.holder !== holder) throw new LeaseLostError("over");
      give();
      leave(taskOf(taskId));
    },
    forAMoment: async () => null,
  };
}
