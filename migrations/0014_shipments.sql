-- Shipments beside their orders, so that they can be listed and found by themselves. The order's record is the truth.

CREATE TABLE shipments (
    -- The order's reference, # and the place in the order.
    id              TEXT   NOT NULL PRIMARY KEY,
    order_ref       TEXT   NOT NULL REFERENCES orders (order_ref) ON DELETE CASCADE,
    place           BIGINT NOT NULL,
    tracking_number TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    -- The order's.
    placed_at       BIGINT NOT NULL
);
CREATE INDEX shipments_of_order ON shipments (order_ref);
CREATE INDEX shipments_by_number ON shipments (tracking_number);
CREATE INDEX shipments_by_age ON shipments (placed_at, id);

-- 0 in orders of before, until `migrate` has listed their shipments.
ALTER TABLE orders ADD COLUMN has_shipments_listed BIGINT NOT NULL DEFAULT 0;
