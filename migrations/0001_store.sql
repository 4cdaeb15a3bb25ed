-- One schema for SQLite and PostgreSQL: ids and codes are text, times are milliseconds since 1970, records are JSON text.
-- Columns beside a record are what it is searched and sorted by.

CREATE TABLE orders (
    order_ref    TEXT   NOT NULL PRIMARY KEY,
    -- Letters and digits of the reference, upper case.
    ref_letters  TEXT   NOT NULL,
    ref_digits   TEXT   NOT NULL,
    phone        TEXT   NOT NULL,
    -- Letters and digits of the postcode, upper case.
    postcode     TEXT   NOT NULL,
    placed_at    BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    record       TEXT   NOT NULL
);
CREATE INDEX orders_by_letters ON orders (ref_letters);
CREATE INDEX orders_by_digits ON orders (ref_digits);
CREATE INDEX orders_by_phone ON orders (phone, placed_at);
CREATE INDEX orders_by_postcode ON orders (postcode, placed_at);
CREATE INDEX orders_by_age ON orders (placed_at, order_ref);

CREATE TABLE calls (
    id               TEXT   NOT NULL PRIMARY KEY,
    provider         TEXT   NOT NULL,
    provider_call_id TEXT   NOT NULL,
    direction        TEXT   NOT NULL,
    scenario         TEXT   NOT NULL,
    from_phone       TEXT,
    to_phone         TEXT,
    state            TEXT   NOT NULL,
    started_at       BIGINT NOT NULL,
    -- Null while the call lasts; set together, once.
    ended_at         BIGINT,
    transcript       TEXT,
    facts            TEXT,
    turns            TEXT,
    outcome          TEXT,
    UNIQUE (provider, provider_call_id)
);
CREATE INDEX calls_by_age ON calls (started_at, id);
CREATE INDEX calls_by_end ON calls (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX calls_open ON calls (started_at) WHERE state = 'in_progress';

CREATE TABLE deliveries (
    -- Sorts by the time it was made: the order in which one call's deliveries reach a connector.
    id              TEXT   NOT NULL PRIMARY KEY,
    call_id         TEXT   NOT NULL REFERENCES calls (id),
    connector       TEXT   NOT NULL,
    idempotency_key TEXT   NOT NULL,
    record          TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    attempts        BIGINT NOT NULL,
    -- Waiting: when to try. Leased: when the lease runs out. Otherwise of no meaning.
    due_at          BIGINT NOT NULL,
    lease_token     TEXT,
    last_error      TEXT,
    created_at      BIGINT NOT NULL,
    UNIQUE (connector, idempotency_key)
);
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE state IN ('waiting', 'leased');
CREATE INDEX deliveries_of_call ON deliveries (call_id, connector, id);
CREATE INDEX deliveries_by_age ON deliveries (created_at, id);

CREATE TABLE requests (
    id              TEXT   NOT NULL PRIMARY KEY,
    idempotency_key TEXT   NOT NULL UNIQUE,
    call_id         TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    order_ref       TEXT,
    details         TEXT   NOT NULL,
    requested_at    BIGINT NOT NULL,
    due_at          BIGINT
);
CREATE INDEX requests_of_call ON requests (call_id);

CREATE TABLE opt_outs (
    phone   TEXT   NOT NULL PRIMARY KEY,
    call_id TEXT,
    at      BIGINT NOT NULL
);
