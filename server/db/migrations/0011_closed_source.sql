-- Up Migration

-- What a source said of itself as a whole: nothing before `until`. One row a source; it outlives the task that heard it.
-- `account` is a digest of the credentials it was said to (NULL = not known, or there are none): an allowance ends with
-- them, the ban of an address does not.
CREATE TABLE sync_closed_source (
  source     text        PRIMARY KEY,
  reason     text        NOT NULL,
  detail     text,
  until      timestamptz NOT NULL,
  account    text,
  learnt_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

INSERT INTO sync_closed_source (source, reason, detail, until)
SELECT DISTINCT ON (source) source, pause_reason, pause_detail, resume_at FROM sync_task
 WHERE status = 'paused' AND pause_reason IN ('quota', 'banned', 'rate_limited') AND resume_at > clock_timestamp()
 ORDER BY source, resume_at DESC;
