import type { Day } from "@/lib/contract/day";
import type { Ask } from "./ask";

/**
 * Keeps a day in the middle of its store, and with it the task at work, until the day is let go: whatever must be seen or
 * done meanwhile has all the time it takes. Call it after the migrations; returns what lets go.
 */
export async function holdDay(ask: Ask, day: Day): Promise<() => Promise<void>> {
  await ask(`
    CREATE TABLE IF NOT EXISTS test_held (day date PRIMARY KEY);
    CREATE OR REPLACE FUNCTION test_hold() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      WHILE EXISTS (SELECT 1 FROM test_held WHERE day = NEW.date) LOOP PERFORM pg_sleep(0.05); END LOOP;
      RETURN NEW;
    END $$;
    CREATE OR REPLACE TRIGGER test_hold BEFORE INSERT OR UPDATE ON sync_day FOR EACH ROW EXECUTE FUNCTION test_hold();
    INSERT INTO test_held VALUES ('${day}') ON CONFLICT DO NOTHING`);
  return async () => void (await ask(`DELETE FROM test_held WHERE day = '${day}'`));
}
