-- What shops and carriers tell: which messages came, what their senders call our orders and parcels, and what waits.

CREATE TABLE commerce_messages (
    source   TEXT   NOT NULL,
    event_id TEXT   NOT NULL,
    seen_at  BIGINT NOT NULL,
    PRIMARY KEY (source, event_id)
);
CREATE INDEX commerce_messages_by_age ON commerce_messages (seen_at);
CREATE INDEX commerce_messages_of_source ON commerce_messages (source, seen_at);

CREATE TABLE vendor_orders (
    source    TEXT   NOT NULL,
    vendor_id TEXT   NOT NULL,
    order_ref TEXT   NOT NULL REFERENCES orders (order_ref) ON DELETE CASCADE,
    -- Of the newest telling: an older one that comes late does not undo it.
    told_at   BIGINT NOT NULL,
    PRIMARY KEY (source, vendor_id)
);
CREATE INDEX vendor_orders_of_order ON vendor_orders (order_ref);

CREATE TABLE vendor_parcels (
    source          TEXT NOT NULL,
    vendor_id       TEXT NOT NULL,
    order_ref       TEXT NOT NULL REFERENCES orders (order_ref) ON DELETE CASCADE,
    tracking_number TEXT NOT NULL,
    PRIMARY KEY (source, vendor_id)
);
CREATE INDEX vendor_parcels_of_order ON vendor_parcels (order_ref);

-- Events of parcels whose order is not known yet, once for each name by which it may become known.
CREATE TABLE parked_events (
    id        TEXT   NOT NULL,
    key       TEXT   NOT NULL,
    source    TEXT   NOT NULL,
    event     TEXT   NOT NULL,
    parked_at BIGINT NOT NULL,
    PRIMARY KEY (id, key)
);
CREATE INDEX parked_events_by_key ON parked_events (key);
CREATE INDEX parked_events_by_age ON parked_events (parked_at);

-- Whose parcel it is, and when it was last heard of.
ALTER TABLE shipments ADD COLUMN carrier TEXT NOT NULL DEFAULT '';
ALTER TABLE shipments ADD COLUMN heard_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX shipments_unheard_of ON shipments (heard_at);
-- `migrate` lists them anew.
UPDATE orders SET has_shipments_listed = 0;
