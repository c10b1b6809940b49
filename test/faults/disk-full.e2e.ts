import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askOf } from "@/test/support/ask";
import { broken, watchInvariants } from "@/test/support/invariants";
import { type MortalPostgres, startMortalPostgres } from "@/test/support/test-postgres";
import { type Machine, progressWhen, startMachine, startRange } from "./stand";

const SYMBOLS = 2_000;
/** Room for some of the days of the range, not for all: a day of 2,000 symbols takes about 0.4 MB with its indexes. */
const DISK_BYTES = 24 * 1024 * 1024;

let postgres: MortalPostgres;
let client: Client;
let machine: Machine;
let disk: string | null = null;
const ask = (sql: string) => askOf(client)(sql);

/** A disk of its own for the table: only root may mount one, and not in every container. */
async function mountSmallDisk(): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), "dayfill-disk-"));
  try {
    const [row] = await ask("SHOW data_directory");
    const { uid, gid } = statSync(row?.["data_directory"] as string);
    const options = `size=${DISK_BYTES},uid=${uid},gid=${gid},mode=0700`;
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "pipe" });
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true });
    console.warn(`NOT TESTED HERE: a full disk, for no file system could be mounted (${String(error).split("\n")[0]})`);
    return null;
  }
}

beforeAll(async () => {
  postgres = await startMortalPostgres();
  client = new Client({ connectionString: postgres.url });
  await client.connect();
  const env = { SAMPLE_SYMBOLS: String(SYMBOLS), SAMPLE_DAY_MS: "20" };
  machine = await startMachine({ databaseUrl: postgres.url, env });
  await watchInvariants(ask);
  disk = await mountSmallDisk();
});

afterAll(async () => {
  await machine.close();
  await client.end();
  await postgres.stop();
  if (!disk) return;
  execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true });
});

test("a full disk rolls the day back and pauses the task with the reason; with room again it goes on to its end", async ({
  skip,
}) => {
  if (!disk) return skip("no file system could be mounted here: see the warning above");
  await ask(`CREATE TABLESPACE small LOCATION '${disk}'`);
  await ask("ALTER TABLE daily_stock_data SET TABLESPACE small");
  await ask(
    "DO $$ DECLARE i regclass; BEGIN FOR i IN SELECT indexrelid FROM pg_index WHERE indrelid = 'daily_stock_data'::regclass LOOP EXECUTE format('ALTER INDEX %s SET TABLESPACE small', i); END LOOP; END $$",
  );
  const filler = join(disk, "filler");
  writeFileSync(filler, Buffer.alloc(DISK_BYTES / 2));

  const taskId = await startRange(machine, "2024-01-02", "2024-03-29");
  const paused = await progressWhen(machine, taskId, ({ status }) => status === "paused" || status === "completed", 90_000);
  expect(paused).toMatchObject({ status: "paused", failed: 0, pause: { reason: "disk_full", by: null } });
  expect(paused.pause?.resume_at).not.toBeNull();
  expect(paused.success).toBeGreaterThan(0);
  expect(await broken(ask, SYMBOLS)).toEqual({});
  const [lease] = await ask("SELECT holder FROM sync_lease");
  expect(lease).toEqual({ holder: null });

  rmSync(filler);
  await machine.call(`/sync/batch/${taskId}/resume`, undefined, "POST");
  const ended = await progressWhen(machine, taskId, ({ status }) => status === "completed" || status === "paused", 90_000);
  expect(ended).toMatchObject({ status: "completed", failed: 0 });
  expect(ended.rows).toBe(ended.success * SYMBOLS);
  expect(await broken(ask, SYMBOLS)).toEqual({});
});
