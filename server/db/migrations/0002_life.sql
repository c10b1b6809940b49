-- Up Migration

-- Queue, pause and cancel. `resumed_at` puts a task at the front; `not_before` keeps it back until then.
ALTER TABLE sync_task
  ADD COLUMN priority        smallint NOT NULL DEFAULT 5 CHECK (priority BETWEEN 0 AND 9),
  ADD COLUMN not_before      timestamptz,
  ADD COLUMN resumed_at      timestamptz,
  ADD COLUMN paused_by       text,
  ADD COLUMN pause_reason    text,
  ADD COLUMN resume_at       timestamptz,
  ADD COLUMN cancelled_by    text,
  ADD COLUMN idempotency_key text,
  ADD COLUMN request_hash    text;
CREATE INDEX sync_task_idempotency ON sync_task (idempotency_key, created_at) WHERE idempotency_key IS NOT NULL;
CREATE INDEX sync_task_queue ON sync_task (priority DESC, ordinal) WHERE status = 'queued';

-- Who did what to a task, and when. Lines are only ever added.
CREATE TABLE audit_log (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  task_id text NOT NULL REFERENCES sync_task ON DELETE CASCADE,
  action  text NOT NULL,
  actor   text
);
CREATE INDEX audit_log_task ON audit_log (task_id, id);
