-- What figures of orders and parcels are made of.

-- How far an attempt of ours came: 0 was none or was called off, 1 dialled, 2 reached the person meant, 3 and that person
-- said that the carrier's attempt never was. Records are JSON without blanks; a quoted text cannot hold these words.
ALTER TABLE calls ADD COLUMN reach BIGINT NOT NULL DEFAULT 0;
UPDATE calls SET reach = CASE
    WHEN outcome LIKE '%"connection":"SUPPRESSED%' THEN 0
    WHEN outcome NOT LIKE '%"connection":"ANSWERED_HUMAN"%' OR outcome NOT LIKE '%"contact":"RIGHT_PARTY"%' THEN 1
    WHEN outcome LIKE '%"ATTEMPT_DISPUTED"%' THEN 3
    ELSE 2 END
    WHERE outcome LIKE '%"direction":"outbound"%';
CREATE INDEX calls_dialled ON calls (order_ref, started_at, id) WHERE reach > 0;

-- 1 once the customer came again about the order within a week.
ALTER TABLE calls ADD COLUMN is_repeated BIGINT NOT NULL DEFAULT 0;
-- What the order has come to, at the call where it is counted.
ALTER TABLE calls ADD COLUMN of_order TEXT NOT NULL DEFAULT '{}';
-- `migrate` counts them anew.
UPDATE tallying SET has_counted = 0 WHERE EXISTS (SELECT 1 FROM calls);

-- Of a parcel whose attempt failed: whether nobody was there, and what our calls since then came to.
ALTER TABLE shipments ADD COLUMN is_absent BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shipments ADD COLUMN is_called BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shipments ADD COLUMN is_disputed BIGINT NOT NULL DEFAULT 0;
-- When the person meant was first reached.
ALTER TABLE shipments ADD COLUMN contacted_at BIGINT;
DROP INDEX shipments_by_failure;
CREATE INDEX shipments_by_failure
    ON shipments (failed_at, is_held_back, is_delivered, is_absent, is_called, is_disputed, contacted_at)
    WHERE failed_at IS NOT NULL;
-- `migrate` lists them anew.
UPDATE orders SET has_shipments_listed = 0;

CREATE INDEX request_actions_links ON request_actions (changed_at, paid_at)
    WHERE kind = 'send_payment_link' AND state = 'taken';
