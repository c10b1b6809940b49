import { OVER_TCP, type EmbeddedConnection } from "./embedded-address";

/**
 * Settings of the embedded PostgreSQL, given on the command line so that a new version of Dayfill brings its own. Durability
 * stays whole: fsync, full_page_writes and synchronous_commit are on. A backfill writes much at once, so checkpoints are rare.
 */
export function settingsFor(connection: EmbeddedConnection): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: OVER_TCP ? connection.host : "",
    port: connection.port,
    unix_socket_directories: OVER_TCP ? "" : connection.host,
    unix_socket_permissions: "0700",
    max_connections: 60,
    shared_buffers: "256MB",
    maintenance_work_mem: "128MB",
    max_wal_size: "2GB",
    checkpoint_timeout: "15min",
    wal_compression: "on",
    timezone: "UTC",
    log_timezone: "UTC",
    log_line_prefix: "%m [%p] ",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
