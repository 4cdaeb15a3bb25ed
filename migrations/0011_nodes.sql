-- Server processes that share the database, so that none closes another's calls.

CREATE TABLE nodes (
    id      TEXT   NOT NULL PRIMARY KEY,
    -- When the process last said that it lives.
    seen_at BIGINT NOT NULL
);

-- The process that runs the call. Null in calls of before.
ALTER TABLE calls ADD COLUMN node_id TEXT;
