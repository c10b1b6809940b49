import type { Ask } from "./ask";

/** Lets the database refuse days for want of room while `test_disk` says that it is full. Call it once, after the migrations. */
export async function makeDisk(ask: Ask): Promise<void> {
  await ask(`
    CREATE TABLE test_disk AS SELECT false AS is_full;
    CREATE FUNCTION test_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT is_full FROM test_disk) THEN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER test_full BEFORE INSERT OR UPDATE ON sync_day FOR EACH ROW EXECUTE FUNCTION test_refuse()`);
}

/** From now on no day finds room in the database: whoever stores one pauses. */
export async function fillDisk(ask: Ask): Promise<void> {
  await ask("UPDATE test_disk SET is_full = true");
}

/** There is room again; pauses go on at their time. */
export async function emptyDisk(ask: Ask): Promise<void> {
  await ask("UPDATE test_disk SET is_full = false");
}
