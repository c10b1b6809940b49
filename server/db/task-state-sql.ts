import { TASK_STATUSES } from "@/lib/contract/task";
import { isBusy } from "@/lib/contract/task-rules";

const listed = (statuses: readonly string[]) => statuses.map((status) => `'${status}'`).join(", ");

/** SQL: the task keeps all others from starting; an interrupted one waits for its takeover. */
export const isBusySql = (column = "status") => `${column} IN (${listed(TASK_STATUSES.filter(isBusy))})`;

/** SQL: somebody runs the task under a lease. */
export const IS_AT_WORK = `status IN (${listed(TASK_STATUSES.filter((status) => isBusy(status) && status !== "interrupted"))})`;

/** SQL: a pause by the system whose time has come. A person's pause never ends by itself. */
export const PAUSE_IS_OVER = "status = 'paused' AND pause_reason <> 'person' AND resume_at <= clock_timestamp()";

/** What a task's row says when it runs or waits again: it is not paused for anything. */
export const NO_PAUSE = "paused_by = NULL, pause_reason = NULL, pause_detail = NULL, resume_at = NULL";

/** What a task's row says when its holder leaves it in the middle: what people had asked for, else it waits for a takeover. */
export const LEFT_BY_HOLDER = `status = CASE status WHEN 'cancelling' THEN 'cancelled' WHEN 'pausing' THEN 'paused' ELSE 'interrupted' END,
  finished_at = CASE status WHEN 'cancelling' THEN clock_timestamp() END, live = NULL, seq = seq + 1`;
