-- What shops and carriers are to do because of a request, on its way to them.

-- 1 once it was looked at what is to be done for it. Requests of before stay tasks of the shop.
ALTER TABLE requests ADD COLUMN is_planned BIGINT NOT NULL DEFAULT 0;
UPDATE requests SET is_planned = 1;
CREATE INDEX requests_unplanned ON requests (requested_at, id) WHERE is_planned = 0;

CREATE TABLE request_actions (
    -- Sorts by the time it was planned: the order in which a request's actions are taken.
    id              TEXT   NOT NULL PRIMARY KEY,
    request_id      TEXT   NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    source          TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    order_ref       TEXT,
    tracking_number TEXT   NOT NULL,
    -- 1 where the request is fulfilled by it, 0 where it only tells somebody.
    fulfils         BIGINT NOT NULL,
    state           TEXT   NOT NULL,
    attempts        BIGINT NOT NULL,
    -- Waiting: when to try. Leased: when the lease runs out. Otherwise of no meaning.
    due_at          BIGINT NOT NULL,
    lease_token     TEXT,
    -- The source's own number of it.
    reference       TEXT,
    last_error      TEXT,
    created_at      BIGINT NOT NULL,
    changed_at      BIGINT NOT NULL,
    UNIQUE (request_id, source, kind, tracking_number)
);
CREATE INDEX request_actions_due ON request_actions (due_at, id) WHERE state IN ('waiting', 'leased');
CREATE INDEX request_actions_of_order ON request_actions (order_ref, source, id);
CREATE INDEX request_actions_by_age ON request_actions (created_at, id);
