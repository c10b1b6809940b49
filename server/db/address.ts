import type { Connection } from "./connect";

const STANDARD_PORT = "5432";

/** Where a connection leads, fit to be shown: no user, no password, no options. A Unix socket is told by its folder. */
export function addressOfConnection(connection: Connection): { address: string; name: string | null } {
  if (!("connectionString" in connection)) {
    return { address: `${connection.host}:${connection.port ?? STANDARD_PORT}`, name: connection.database };
  }
  const url = new URL(connection.connectionString);
  const host = url.searchParams.get("host") ?? (url.hostname || "localhost");
  return {
    address: `${decodeURIComponent(host)}:${url.port || STANDARD_PORT}`,
    name: decodeURIComponent(url.pathname.slice(1)) || null,
  };
}
