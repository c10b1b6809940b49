import { sqlOn } from "./ask";

/** The tables of the original tool as they stand in its databases: limits, keys, indexes and the status table it kept. */
const TABLES = `
  CREATE TABLE daily_stock_data (
    id bigserial PRIMARY KEY,
    stock_code varchar(10) NOT NULL, stock_name varchar(50) NOT NULL, trade_date date NOT NULL,
    open_price numeric(10, 2), close_price numeric(10, 2) NOT NULL, high_price numeric(10, 2), low_price numeric(10, 2),
    volume bigint, amount numeric(20, 2), change_pct numeric(10, 2), change_amount numeric(10, 2),
    turnover_rate numeric(10, 2), amplitude numeric(10, 2),
    created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
    UNIQUE (stock_code, trade_date));
  CREATE INDEX idx_daily_stock_trade_date ON daily_stock_data (trade_date);
  CREATE INDEX idx_daily_stock_code ON daily_stock_data (stock_code);
  CREATE INDEX idx_daily_stock_change_pct ON daily_stock_data (change_pct DESC NULLS LAST);
  CREATE INDEX idx_daily_stock_code_date ON daily_stock_data (stock_code, trade_date);
  CREATE INDEX idx_daily_stock_date_change ON daily_stock_data (trade_date, change_pct);
  COMMENT ON TABLE daily_stock_data IS 'an original table';
  CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at = now(); RETURN NEW; END';
  CREATE TRIGGER touch BEFORE UPDATE ON daily_stock_data FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
  CREATE TABLE daily_sync_status (
    id serial PRIMARY KEY, sync_date date NOT NULL UNIQUE, status varchar(20) NOT NULL DEFAULT 'pending',
    total_records integer DEFAULT 0, remarks text, updated_at timestamp DEFAULT current_timestamp);
  INSERT INTO daily_sync_status (sync_date, status, total_records) VALUES ('2024-01-02', 'success', 5000), ('2024-01-03', 'failed', 0)`;

/** Everything of the catalog that an ALTER, a CREATE INDEX or a GRANT would change, and the status table's rows. */
const SNAPSHOT = `SELECT
  (SELECT jsonb_agg(to_jsonb(a) - 'attcacheoff' - 'attstattarget' ORDER BY attrelid, attnum) FROM pg_attribute a
    WHERE attrelid IN ('daily_stock_data'::regclass, 'daily_sync_status'::regclass))::text AS columns,
  (SELECT jsonb_agg(pg_get_indexdef(indexrelid) ORDER BY indexrelid) FROM pg_index
    WHERE indrelid IN ('daily_stock_data'::regclass, 'daily_sync_status'::regclass))::text AS indexes,
  (SELECT jsonb_agg(conname || ' ' || pg_get_constraintdef(oid) ORDER BY oid) FROM pg_constraint
    WHERE conrelid IN ('daily_stock_data'::regclass, 'daily_sync_status'::regclass))::text AS constraints,
  (SELECT jsonb_agg(pg_get_triggerdef(oid) ORDER BY oid) FROM pg_trigger WHERE tgrelid = 'daily_stock_data'::regclass)::text AS triggers,
  (SELECT jsonb_agg(jsonb_build_array(relname, relowner, relacl::text, relrowsecurity, reloptions::text, obj_description(oid)) ORDER BY relname)
     FROM pg_class WHERE oid IN ('daily_stock_data'::regclass, 'daily_sync_status'::regclass))::text AS tables,
  (SELECT jsonb_agg(to_jsonb(s) || jsonb_build_object('xmin', xmin::text) ORDER BY id) FROM daily_sync_status s)::text AS statuses`;

/** Makes the original's tables in an empty database. */
export const makeOriginalTable = (url: string) => sqlOn(url, TABLES);

/** Fills the weekdays of a range with `rows` rows each, at a price that no source delivers. */
export const fillOriginalTable = (url: string, from: string, to: string, rows: number) =>
  sqlOn(
    url,
    `INSERT INTO daily_stock_data (stock_code, stock_name, trade_date, close_price, volume)
     SELECT (600000 + n)::text, '旧' || n, d::date, 7.77, 1 FROM generate_series(date '${from}', date '${to}', '1 day') d, generate_series(1, ${rows}) n
      WHERE extract(isodow FROM d) < 6`,
  );

/** What must be the same before and after. */
export const snapshotOf = async (url: string) => (await sqlOn(url, SNAPSHOT))[0];
