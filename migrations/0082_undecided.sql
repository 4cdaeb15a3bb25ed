-- What has become different in orders and nobody has decided about yet: written with the change, deleted once decided.

CREATE TABLE undecided (
    -- Sorts by the time it was told.
    id        TEXT   NOT NULL PRIMARY KEY,
    order_ref TEXT   NOT NULL,
    -- The event, as decisions have it.
    event     TEXT   NOT NULL,
    -- The source that told it; empty where the shop wrote the order itself.
    source    TEXT   NOT NULL,
    -- 1 while its source has to be asked whether it is true.
    is_hint   BIGINT NOT NULL,
    told_at   BIGINT NOT NULL,
    -- Not taken up sooner: when its lease runs out.
    due_at    BIGINT NOT NULL
);
CREATE INDEX undecided_due ON undecided (is_hint, due_at);
CREATE INDEX undecided_of_order ON undecided (order_ref);

-- Events of before count as hints: nobody knows any more how they were told.
ALTER TABLE parked_events ADD COLUMN is_hint BIGINT NOT NULL DEFAULT 1;

-- When the news came in that a planned call rests on; null where no news did.
ALTER TABLE plans ADD COLUMN told_at BIGINT;
