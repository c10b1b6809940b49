/** A machine-readable fact: pages and REST turn `code` + `params` into a sentence of their language. */
export interface Fact<Code extends string = string> {
  code: Code;
  params: Record<string, string | number | null>;
}

/** Every refusal of the API and its HTTP status. A new code: add it here, tsc then asks for nothing more than its sentence in lib/text. */
export const PROBLEM_STATUS = {
  invalid_json: 400,
  missing_field: 400,
  invalid_field: 400,
  invalid_date: 400,
  invalid_range: 400,
  range_too_long: 400,
  future_date: 400,
  origin_not_allowed: 403,
  not_found: 404,
  task_not_found: 404,
  day_not_found: 404,
  sync_already_running: 409,
  source_being_tested: 409,
  illegal_transition: 409,
  nothing_to_retry: 409,
  queue_full: 409,
  sample_into_existing: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  host_not_allowed: 421,
  idempotency_key_reused: 422,
  internal_error: 500,
  database_unavailable: 503,
  configuration_differs: 503,
  adopting_days: 503,
} as const;

export type ProblemCode = keyof typeof PROBLEM_STATUS;

/** Why a day failed. */
export const DAY_ERROR_CODES = [
  "source_error",
  "source_empty",
  "bad_rows",
  "incomplete",
  "database_error",
  "timeout",
  "sample_into_existing",
] as const;
export type DayErrorCode = (typeof DAY_ERROR_CODES)[number];

/** What was stored with a remark. Warnings never make a day suspect. */
export const DAY_WARNING_CODES = [
  "few_rows",
  "fewer_than_expected",
  "rejected_rows",
  "empty_prices",
  "price_outside_range",
  "below_zero",
  "average_outside_range",
  "closed_day",
  "calendar_differs",
  "adopted",
] as const;
export type DayWarningCode = (typeof DAY_WARNING_CODES)[number];

/** Why a whole task could not go on. */
export const TASK_ERROR_CODES = ["poison_task", "sample_into_existing", "configuration_changed", "internal_error"] as const;
export type TaskErrorCode = (typeof TASK_ERROR_CODES)[number];

/** Remarks of a plan. */
export const PLAN_WARNING_CODES = [
  "calendar_assumed",
  "overwrite",
  "sample_source",
  "today_not_published",
  "source_budget",
  "source_closed",
] as const;
export type PlanWarningCode = (typeof PLAN_WARNING_CODES)[number];

/** Longest range of one task in calendar days: 35 years and a little. */
export const MAX_RANGE_DAYS = 13_000;
