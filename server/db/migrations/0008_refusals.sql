-- Up Migration

-- A pause by the system: what the source said, and which in a row it is without a finished day between.
ALTER TABLE sync_task
  ADD COLUMN pause_detail text,
  ADD COLUMN pauses       integer NOT NULL DEFAULT 0;
-- Why the system paused a task, or let it go on; lines of people have none.
ALTER TABLE audit_log
  ADD COLUMN reason text;

-- The first of the rows that were left out, each with its reason.
ALTER TABLE sync_task_day
  ADD COLUMN rejected_sample jsonb;

-- Rows that the source itself said the day must have: it counts more than the neighbours, also when the day is judged again.
ALTER TABLE sync_day
  ADD COLUMN expected integer;
