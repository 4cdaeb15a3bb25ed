-- What else figures are made of, by day, so that nothing has to be read again that has not changed.

-- Times of rows that were written, changed or deleted since their day was counted; the same one may be there often.
-- Triggers write it (`sql::counted_days`).
CREATE TABLE stale_times (
    at_ms BIGINT NOT NULL
);
CREATE INDEX stale_times_by_time ON stale_times (at_ms);

CREATE TABLE counted_days (
    -- A day by the shop's clock, its end excluded.
    from_ms BIGINT NOT NULL,
    to_ms   BIGINT NOT NULL,
    -- JSON.
    counts  TEXT   NOT NULL,
    PRIMARY KEY (from_ms, to_ms)
);

-- Which of the triggers are there: 0 none.
ALTER TABLE tallying ADD COLUMN triggers BIGINT NOT NULL DEFAULT 0;
