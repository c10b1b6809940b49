import { quotedTable } from "@/server/db/table-name";
import type { PostgresSourceConfig } from "@/server/sources/source-config";

const FILLED = new Set(['"daily_stock_data"', '"public"."daily_stock_data"']);
const LOOPBACK = new Set(["", "localhost", "127.0.0.1", "[::1]"]);

/**
 * True where source and target are plainly one table, by what the configuration says. One server under two names is found
 * out later, by asking it.
 */
export function readsItself({ url, table }: PostgresSourceConfig, databaseUrl: string | null): boolean {
  if (url === null || table === null || databaseUrl === null) return false;
  return FILLED.has(quotedTable(table) ?? "") && databaseOf(url) === databaseOf(databaseUrl);
}

/** Host, port and database with their defaults; a socket folder counts as a host. */
function databaseOf(text: string): string {
  const url = new URL(text);
  const host = url.searchParams.get("host") ?? url.hostname;
  const database = decoded(url.pathname.slice(1) || url.username);
  return [LOOPBACK.has(host) ? "localhost" : host.toLowerCase(), url.port || "5432", database].join("|");
}

/** What cannot be decoded is no name that a server knows; the connection will say so. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
