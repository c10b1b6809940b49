import type pg from "pg";
import type { ForeignTable } from "@/server/sync/range/foreign-table";
import type { Log } from "@/server/sync/ports";
import { openForeignTable } from "./foreign-table";
import { identityOf } from "./table-identity";

/** What the configuration says, as far as it matters here. */
interface Settings {
  source: { name: string; postgres: { url: string | null; table: string | null } };
  dayTimeoutMs: number;
}

/** The table that the source `postgres` reads, where it is the source; `api` reaches the table that is filled. */
export function openSourceTable(
  { source, dayTimeoutMs }: Settings,
  { api, zone, log }: { api: pg.Pool; zone: string; log: Log },
): ForeignTable | null {
  const { url, table } = source.postgres;
  if (source.name !== "postgres" || url === null || table === null) return null;
  return openForeignTable({
    url,
    table,
    zone,
    statementTimeoutMs: dayTimeoutMs,
    target: () => identityOf(api, "daily_stock_data"),
    log,
  });
}
