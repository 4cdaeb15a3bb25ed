-- What has been deleted, and why: the proof that it was.

-- When transcript, facts and the caller's words were taken out of the call.
ALTER TABLE calls ADD COLUMN words_deleted_at BIGINT;

CREATE TABLE deletions (
    id         TEXT   NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    -- 'audio', 'transcript', 'metadata' by age, or 'erasure' because somebody asked for it.
    what       TEXT   NOT NULL,
    -- By age: what ended before it.
    before_at  BIGINT,
    -- Erasure: the token that ordered it. Whom it was about is not kept.
    ordered_by TEXT,
    recordings BIGINT NOT NULL,
    calls      BIGINT NOT NULL,
    requests   BIGINT NOT NULL,
    deliveries BIGINT NOT NULL,
    orders     BIGINT NOT NULL
);
CREATE INDEX deletions_by_age ON deletions (at, id);
