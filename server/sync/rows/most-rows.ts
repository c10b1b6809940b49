import { BadRowsError } from "@/server/sync/errors";

/**
 * No market has a tenth of this many stocks. More are ticks, or several days without a column for the day; and what is done
 * with a day at one go must stay short, or the lease is not renewed in time.
 */
export const MAX_DAY_ROWS = 100_000;

/** Throws BadRowsError for more rows than a day can have. */
export function refuseTooMany(rows: number): void {
  if (rows > MAX_DAY_ROWS) throw new BadRowsError({ rule: "too_many_rows", limit: MAX_DAY_ROWS });
}
