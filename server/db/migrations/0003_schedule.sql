-- Up Migration

-- When a sync starts by itself, by the clock of the exchange. What was due before `active_since` is nobody's fire.
CREATE TABLE sync_schedule (
  schedule_id  text PRIMARY KEY CHECK (schedule_id IN ('daily', 'fill_missing')),
  enabled      boolean NOT NULL DEFAULT true,
  local_time   text NOT NULL CHECK (local_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  active_since timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by   text,
  changed_at   timestamptz
);
INSERT INTO sync_schedule (schedule_id, local_time) VALUES ('daily', '20:00'), ('fill_missing', '08:00');

-- One row per schedule and exchange day, written together with its task: that is what makes a fire happen once.
CREATE TABLE sync_schedule_fire (
  schedule_id text NOT NULL REFERENCES sync_schedule,
  local_date  date NOT NULL,
  at          timestamptz NOT NULL,
  outcome     text NOT NULL CHECK (outcome IN ('started', 'queued', 'closed_day', 'nothing_missing', 'skipped_busy', 'missed')),
  task_id     text,
  PRIMARY KEY (schedule_id, local_date)
);
CREATE INDEX sync_schedule_fire_date ON sync_schedule_fire (local_date DESC, schedule_id DESC);
