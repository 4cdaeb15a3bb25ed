-- What calls come to, by day, and what else figures are made of.

-- One row: the lock under which tallies are written, and 0 while calls of before have not been counted.
CREATE TABLE tallying (
    id          BIGINT NOT NULL PRIMARY KEY,
    has_counted BIGINT NOT NULL
);
INSERT INTO tallying (id, has_counted) SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM calls) THEN 0 ELSE 1 END;

CREATE TABLE call_tallies (
    -- By the shop's clock, such as 2026-11-24.
    day          TEXT   NOT NULL,
    shop_id      TEXT   NOT NULL,
    scenario     TEXT   NOT NULL,
    is_held_back BIGINT NOT NULL,
    tally        TEXT   NOT NULL,
    PRIMARY KEY (day, shop_id, scenario, is_held_back)
);

-- 1 once the customer came again about the order, by call or ticket, within the time in which that counts.
ALTER TABLE calls ADD COLUMN is_followed BIGINT NOT NULL DEFAULT 0;

CREATE TABLE tickets (
    -- The help desk's own name of it.
    ticket_ref   TEXT   NOT NULL PRIMARY KEY,
    opened_at    BIGINT NOT NULL,
    channel      TEXT   NOT NULL,
    topic        TEXT   NOT NULL,
    is_wismo     BIGINT NOT NULL,
    order_ref    TEXT,
    is_held_back BIGINT NOT NULL,
    -- How many tickets the row stands for.
    tickets      BIGINT NOT NULL
);
CREATE INDEX tickets_by_time ON tickets (opened_at, is_held_back, is_wismo, channel, tickets);
CREATE INDEX tickets_of_order ON tickets (order_ref, opened_at);

-- When the carrier had the parcel and when an attempt failed first; null as long as neither is so.
ALTER TABLE shipments ADD COLUMN shipped_at BIGINT;
ALTER TABLE shipments ADD COLUMN failed_at BIGINT;
ALTER TABLE shipments ADD COLUMN is_delivered BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shipments ADD COLUMN is_returned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shipments ADD COLUMN is_cod BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shipments ADD COLUMN is_held_back BIGINT NOT NULL DEFAULT 0;
CREATE INDEX shipments_by_handover ON shipments (shipped_at, is_held_back, is_cod, is_delivered, is_returned, failed_at);
CREATE INDEX shipments_by_failure ON shipments (failed_at, is_held_back, is_delivered) WHERE failed_at IS NOT NULL;
-- `migrate` lists them anew.
UPDATE orders SET has_shipments_listed = 0;

-- Of moments worth telling: when it happened, when the customer first heard from us and first came themselves.
ALTER TABLE decisions ADD COLUMN happened_at BIGINT;
ALTER TABLE decisions ADD COLUMN told_at BIGINT;
ALTER TABLE decisions ADD COLUMN asked_at BIGINT;
ALTER TABLE decisions ADD COLUMN is_held_back BIGINT NOT NULL DEFAULT 0;
CREATE INDEX decisions_worth_telling ON decisions (decided_at, is_held_back, happened_at, told_at, asked_at)
    WHERE happened_at IS NOT NULL;

CREATE INDEX requests_by_due ON requests (due_at, promise);
