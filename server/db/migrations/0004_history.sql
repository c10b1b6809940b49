-- Up Migration

-- The receipt names what the source delivered for each day; a verify keeps what it found (null = not compared).
ALTER TABLE sync_task_day
  ADD COLUMN checksum text,
  ADD COLUMN diff     jsonb;

-- Every filter of the history leads to its tasks, however rare they are, and holds what the other filters look at: pages and
-- counts are found here, and only the tasks that are shown are read. None of these columns changes while a task runs from
-- day to day, but for `failed`, so counts and live state are still written without touching an index.
CREATE INDEX sync_task_by_status ON sync_task (status, ordinal) INCLUDE (task_type, created_at, failed);
CREATE INDEX sync_task_by_type ON sync_task (task_type, ordinal) INCLUDE (status, created_at, failed);
CREATE INDEX sync_task_by_time ON sync_task (created_at) INCLUDE (ordinal, status, task_type, failed);
CREATE INDEX sync_task_with_failed ON sync_task (ordinal) INCLUDE (status, task_type, created_at) WHERE failed > 0;
-- The last errors of a task, without walking its plan.
CREATE INDEX sync_task_day_failed ON sync_task_day (task_id, finished_at) WHERE status = 'failed';
-- The pace of a source's last tasks, also when another source filled the history since.
CREATE INDEX sync_task_pace ON sync_task (source, finished_at) WHERE status = 'completed';
