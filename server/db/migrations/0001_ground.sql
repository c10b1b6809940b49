-- Up Migration

-- The table Dayfill fills. An original StockGuru table of the same name is used as it is and never altered.
-- It may belong to another role, so not even an index is added to it.
DO $$
BEGIN
  IF to_regclass('daily_stock_data') IS NULL THEN
    CREATE TABLE daily_stock_data (
      stock_code    text    NOT NULL,
      stock_name    text,
      trade_date    date    NOT NULL,
      open_price    numeric,
      close_price   numeric NOT NULL,
      high_price    numeric,
      low_price     numeric,
      volume        bigint,
      amount        numeric,
      change_pct    numeric,
      change_amount numeric,
      turnover_rate numeric,
      amplitude     numeric,
      PRIMARY KEY (trade_date, stock_code)
    );
    CREATE INDEX daily_stock_data_code_date ON daily_stock_data (stock_code, trade_date);
  END IF;
END
$$;

-- The right to run: one row, an owner, an expiry by the database's clock and an epoch that only grows.
CREATE TABLE sync_lease (
  name        text PRIMARY KEY,
  epoch       bigint NOT NULL DEFAULT 0,
  holder      uuid,
  holder_info jsonb,
  task_id     text,
  expires_at  timestamptz NOT NULL DEFAULT '-infinity',
  renewed_at  timestamptz
);
INSERT INTO sync_lease (name) VALUES ('sync');

-- One sync of a range of days.
CREATE TABLE sync_task (
  task_id     text PRIMARY KEY,
  ordinal     bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  task_type   text NOT NULL CHECK (task_type IN ('web_batch', 'scheduler_daily', 'scheduler_missing', 'verify')),
  status      text NOT NULL CHECK (status IN ('queued', 'running', 'pausing', 'paused', 'cancelling', 'cancelled', 'interrupted', 'completed', 'failed')),
  start_date  date NOT NULL,
  end_date    date NOT NULL CHECK (end_date >= start_date),
  total_days  integer NOT NULL,
  options     jsonb NOT NULL,
  source      text NOT NULL,
  fingerprint text NOT NULL,
  started_by  text,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at  timestamptz,
  finished_at timestamptz,
  epoch       bigint,
  holder      text,
  takeovers   integer NOT NULL DEFAULT 0,
  crashes     integer NOT NULL DEFAULT 0,
  predicted   jsonb,
  total       integer NOT NULL DEFAULT 0,
  success     integer NOT NULL DEFAULT 0,
  failed      integer NOT NULL DEFAULT 0,
  skipped     integer NOT NULL DEFAULT 0,
  suspect     integer NOT NULL DEFAULT 0,
  fetch_days  integer NOT NULL DEFAULT 0,
  rows        bigint NOT NULL DEFAULT 0,
  seq         bigint NOT NULL DEFAULT 0,
  days_seq    bigint NOT NULL DEFAULT 0,
  live        jsonb,
  error       jsonb
);
-- Belt and braces beside the lease: never two running.
CREATE UNIQUE INDEX sync_task_one_running ON sync_task ((true)) WHERE status IN ('running', 'pausing', 'cancelling');
CREATE INDEX sync_task_open ON sync_task (ordinal) WHERE status IN ('queued', 'running', 'pausing', 'paused', 'cancelling', 'interrupted');
CREATE INDEX sync_task_finished ON sync_task (finished_at) WHERE finished_at IS NOT NULL;

-- The plan of a task and what became of each of its days. days_seq: the delta in which watchers were told.
CREATE TABLE sync_task_day (
  task_id     text NOT NULL REFERENCES sync_task ON DELETE CASCADE,
  date        date NOT NULL,
  position    integer NOT NULL,
  plan_action text NOT NULL CHECK (plan_action IN ('fetch', 'skip')),
  plan_reason text NOT NULL,
  status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'success', 'failed', 'skipped')),
  reason      text,
  rows        integer,
  rejected    integer NOT NULL DEFAULT 0,
  suspect     boolean NOT NULL DEFAULT false,
  warnings    jsonb NOT NULL DEFAULT '[]',
  attempts    integer NOT NULL DEFAULT 0,
  error       jsonb,
  duration_ms integer,
  source      text,
  epoch       bigint,
  days_seq    bigint,
  finished_at timestamptz,
  PRIMARY KEY (task_id, date)
);

-- What the table holds: one row per stored or failed day. Closed days are not stored.
CREATE TABLE sync_day (
  date        date PRIMARY KEY,
  state       text NOT NULL CHECK (state IN ('complete', 'suspect', 'failed')),
  rows        integer NOT NULL,
  rejected    integer NOT NULL DEFAULT 0,
  checksum    text,
  confirmed   boolean NOT NULL DEFAULT false,
  source      text NOT NULL,
  task_id     text NOT NULL,
  epoch       bigint NOT NULL,
  attempt_id  uuid NOT NULL,
  started_at  timestamptz NOT NULL,
  finished_at timestamptz NOT NULL,
  last_error  jsonb,
  warnings    jsonb NOT NULL DEFAULT '[]'
);

-- The server processes that were seen lately.
CREATE TABLE sync_instance (
  id          uuid PRIMARY KEY,
  name        text NOT NULL,
  address     text NOT NULL,
  version     text NOT NULL,
  fingerprint text NOT NULL,
  watching    integer NOT NULL DEFAULT 0,
  started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The fence: runs inside COMMIT, so no round trip lies between the check and the commit, and no code path can forget it.
CREATE FUNCTION sync_fence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM sync_lease
   WHERE name = 'sync' AND epoch = NEW.epoch AND holder IS NOT NULL AND expires_at > clock_timestamp()
     FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the lease of epoch % is no longer held', NEW.epoch USING ERRCODE = 'SY001';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER sync_day_fence AFTER INSERT OR UPDATE ON sync_day
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sync_fence();
-- Plan rows are pending and written together with a guarded update of their task; outcomes pass the fence.
CREATE CONSTRAINT TRIGGER sync_task_day_fence AFTER INSERT OR UPDATE ON sync_task_day
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status <> 'pending') EXECUTE FUNCTION sync_fence();
