-- What was decided about whom to tell, the messages that came of it, and what keeps a number from being called.

CREATE TABLE decisions (
    id         TEXT   NOT NULL PRIMARY KEY,
    -- Equal keys are one event, decided once.
    event_key  TEXT   NOT NULL UNIQUE,
    order_ref  TEXT   NOT NULL,
    phone      TEXT   NOT NULL,
    decided_at BIGINT NOT NULL,
    record     TEXT   NOT NULL,
    -- The call that was planned, while it may still be made; null otherwise.
    plan       TEXT,
    expires_at BIGINT
);
CREATE INDEX decisions_by_age ON decisions (decided_at, id);
CREATE INDEX decisions_of_order ON decisions (order_ref, decided_at);
CREATE INDEX decisions_planned ON decisions (phone, expires_at) WHERE plan IS NOT NULL;

CREATE TABLE messages (
    id          TEXT   NOT NULL PRIMARY KEY,
    -- Equal keys are one message.
    key         TEXT   NOT NULL UNIQUE,
    order_ref   TEXT   NOT NULL,
    phone       TEXT   NOT NULL,
    channel     TEXT   NOT NULL,
    -- What was planned.
    record      TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    attempts    BIGINT NOT NULL,
    -- Waiting: when to send. Leased: when the lease runs out. Otherwise of no meaning.
    due_at      BIGINT NOT NULL,
    lease_token TEXT,
    -- What was sent, once it was.
    body        TEXT,
    provider_id TEXT,
    sent_at     BIGINT,
    last_error  TEXT,
    created_at  BIGINT NOT NULL
);
CREATE INDEX messages_due ON messages (due_at, id) WHERE state IN ('waiting', 'leased');
CREATE INDEX messages_of_order ON messages (order_ref, created_at);
CREATE INDEX messages_to_phone ON messages (phone, sent_at);

CREATE TABLE do_not_call (
    phone    TEXT   NOT NULL,
    list     TEXT   NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (phone, list)
);
CREATE INDEX do_not_call_lists ON do_not_call (list);

CREATE TABLE consents (
    phone  TEXT   NOT NULL PRIMARY KEY,
    -- 'given' or 'withdrawn'.
    state  TEXT   NOT NULL,
    -- Where and how it was given.
    proof  TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    -- The token that set it.
    set_by TEXT   NOT NULL
);

-- What the shop knows of an order beyond the order itself.
CREATE TABLE order_signals (
    order_ref TEXT   NOT NULL PRIMARY KEY,
    record    TEXT   NOT NULL,
    at        BIGINT NOT NULL
);
