-- Who may use the API and the console, and the answers kept for requests that are sent again.

CREATE TABLE access_tokens (
    id           TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    -- SHA-256 of the token, in hexadecimal. The token itself is nowhere.
    hash         TEXT   NOT NULL UNIQUE,
    -- The token's first characters, to tell one from another.
    prefix       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX access_tokens_by_age ON access_tokens (created_at, id);

CREATE TABLE sessions (
    -- SHA-256 of the cookie's value, in hexadecimal.
    hash       TEXT   NOT NULL PRIMARY KEY,
    -- Of the token it was opened with. Without a token of that hash the session is void.
    token_hash TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_of_token ON sessions (token_hash);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE kept_answers (
    -- Whose request it was: SHA-256 of the token.
    token_hash   TEXT   NOT NULL,
    key          TEXT   NOT NULL,
    -- SHA-256 of method, path and body.
    fingerprint  TEXT   NOT NULL,
    begun_at     BIGINT NOT NULL,
    -- Null while the request runs.
    status       BIGINT,
    content_type TEXT,
    body         TEXT,
    PRIMARY KEY (token_hash, key)
);
CREATE INDEX kept_answers_by_age ON kept_answers (begun_at);
