/** SQL: a pause by the system whose time has come. A person's pause never ends by itself. */
export const PAUSE_IS_OVER = "status = 'paused' AND pause_reason <> 'person' AND resume_at <= clock_timestamp()";

/** What a task's row says when it runs or waits again: it is not paused for anything. */
export const NO_PAUSE = "paused_by = NULL, pause_reason = NULL, pause_detail = NULL, resume_at = NULL";
