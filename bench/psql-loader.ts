import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { COLUMNS } from "@/server/sync/rows/row";

const run = promisify(execFile);

/** What a careful person would write by hand: one psql, and per day begin, delete, \copy, commit. */
export async function createPsqlLoader(options: {
  url: string;
  folder: string;
  days: string[];
  table: string;
}): Promise<() => Promise<void>> {
  const { url, folder, days, table } = options;
  const script = path.join(folder, "load.sql");
  const day = (date: string) =>
    [
      "BEGIN;",
      `DELETE FROM ${table} WHERE trade_date = DATE '${date}';`,
      `\\copy ${table} (${COLUMNS.join(", ")}) FROM '${path.join(folder, `${date}.csv`)}' WITH (FORMAT csv, HEADER true)`,
      "COMMIT;",
    ].join("\n");
  await writeFile(script, `${days.map(day).join("\n")}\n`);
  return async () => {
    await run("psql", ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", script, url], { maxBuffer: 1024 * 1024 });
  };
}
