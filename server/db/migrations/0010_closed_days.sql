-- Up Migration

-- Days that a source called closed though our calendar has them open: not asked for again, until somebody insists.
-- One row a date and source; rows that arrive later take it away.
CREATE TABLE sync_closed_day (
  date       date        NOT NULL,
  source     text        NOT NULL,
  task_id    text        NOT NULL,
  epoch      bigint      NOT NULL,
  learnt_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (date, source)
);

-- The fence of the days stands here too: it is written with the outcome.
CREATE CONSTRAINT TRIGGER sync_closed_day_fence AFTER INSERT OR UPDATE ON sync_closed_day
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sync_fence();
