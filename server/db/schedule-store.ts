import type pg from "pg";
import type { Day } from "@/lib/contract/day";
import type { ScheduleId } from "@/lib/contract/schedule";
import {
  FIRES_READ,
  type FireRecord,
  type RecentFire,
  type ScheduleRecord,
  type ScheduleStore,
} from "@/server/sync/schedule-ports";
import { tells, textOf } from "./announce";
import { reaching } from "./connect";
import { msOf } from "./task-row";

/** A Unix time in milliseconds as a parameter. */
const moment = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000)`;

/** The select list of a FireRecord. A task that is no longer kept is not named. */
const FIRE = `f.schedule_id, f.local_date, ${msOf("f.at")} AS at_ms, f.outcome, t.task_id`;

/** Schedules and their fires. A fire with a task is written by `claimNew`, in the transaction of the task. `from` = this instance, as the others hear it. */
export function createScheduleStore(pool: pg.Pool, from: string): ScheduleStore {
  const word = textOf({ from, what: "schedule" });
  return {
    async schedules() {
      return reaching(async () => {
        const schedules = await pool.query<Omit<ScheduleRecord, "fires">>(
          `SELECT schedule_id AS id, enabled, local_time AS time, ${msOf("active_since")} AS active_since_ms, changed_by,
                  ${msOf("changed_at")} AS changed_ms FROM sync_schedule ORDER BY schedule_id`,
        );
        const fires = await pool.query<RecentFire>(
          `SELECT ${FIRE}, CASE WHEN t.status = 'completed' AND d.reason = 'not_published' THEN ${msOf("t.finished_at")} END AS unpublished_ms
             FROM sync_schedule s
             CROSS JOIN LATERAL (SELECT * FROM sync_schedule_fire WHERE schedule_id = s.schedule_id ORDER BY local_date DESC LIMIT ${FIRES_READ}) f
             LEFT JOIN sync_task t ON t.task_id = f.task_id
             LEFT JOIN sync_task_day d ON d.task_id = f.task_id AND d.date = f.local_date AND d.status = 'skipped'
            ORDER BY f.local_date DESC`,
        );
        return schedules.rows.map((schedule) => ({
          ...schedule,
          fires: fires.rows.filter((fire) => fire.schedule_id === schedule.id),
        }));
      });
    },

    async change(id, change, by, nowMs) {
      await reaching(() =>
        pool.query(
          `WITH changed AS (
           UPDATE sync_schedule SET enabled = wanted.enabled, local_time = wanted.local_time, changed_by = $4, changed_at = ${moment("$5")},
                  active_since = CASE WHEN sync_schedule.local_time <> wanted.local_time OR (wanted.enabled AND NOT sync_schedule.enabled)
                                      THEN ${moment("$5")} ELSE active_since END
             FROM (SELECT coalesce($2, enabled) AS enabled, coalesce($3, local_time) AS local_time FROM sync_schedule WHERE schedule_id = $1 FOR UPDATE) wanted
            WHERE schedule_id = $1 AND (sync_schedule.enabled, sync_schedule.local_time) IS DISTINCT FROM (wanted.enabled, wanted.local_time)
           RETURNING 1) SELECT ${tells("$6")} FROM changed`,
          [id, change.enabled ?? null, change.time ?? null, by, nowMs, word],
        ),
      );
    },

    async recordFire(fire) {
      const { rowCount } = await reaching(() =>
        pool.query(
          `WITH fired AS (
           INSERT INTO sync_schedule_fire (schedule_id, local_date, at, outcome, task_id) VALUES ($1, $2, ${moment("$3")}, $4, $5)
           ON CONFLICT DO NOTHING RETURNING 1) SELECT ${tells("$6")} FROM fired`,
          [fire.schedule_id, fire.local_date, fire.at_ms, fire.outcome, fire.task_id, word],
        ),
      );
      return rowCount === 1;
    },

    async hold(nowMs) {
      await reaching(() =>
        pool.query(
          `UPDATE sync_schedule SET active_since = ${moment("$1")} WHERE active_since < ${moment("$1")} - interval '1 hour'`,
          [nowMs],
        ),
      );
    },

    async fires({ limit, before }) {
      const { rows } = await reaching(() =>
        pool.query<FireRecord & { local_date: Day; schedule_id: ScheduleId }>(
          `SELECT ${FIRE} FROM sync_schedule_fire f LEFT JOIN sync_task t ON t.task_id = f.task_id
            WHERE $1::date IS NULL OR (f.local_date, f.schedule_id) < ($1::date, $2::text)
            ORDER BY f.local_date DESC, f.schedule_id DESC LIMIT $3`,
          [before?.local_date ?? null, before?.schedule_id ?? null, limit],
        ),
      );
      return rows;
    },
  };
}
