-- Each evidence pack that was handed out, by what it must be: none of its contents.

CREATE TABLE evidence_chain (
    -- Rises by one from pack to pack.
    place   BIGINT NOT NULL PRIMARY KEY,
    call_id TEXT   NOT NULL,
    made_at BIGINT NOT NULL,
    -- SHA-256 in hexadecimal.
    digest  TEXT   NOT NULL,
    -- Of the pack before; empty for the first.
    before  TEXT   NOT NULL
);
