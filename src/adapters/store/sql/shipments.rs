//! Statements about shipments.

statements! { ON_BOTH:

    FORGET_SHIPMENTS = "DELETE FROM shipments WHERE order_ref = $1";
    ADD_SHIPMENT = "INSERT INTO shipments (id, order_ref, place, tracking_number, status, placed_at, carrier, heard_at,
            shipped_at, failed_at, is_delivered, is_returned, is_cod, is_held_back, is_absent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    // What our calls since the first failed attempt came to.
    NOTE_CALLS = "UPDATE shipments SET
            is_called = CASE WHEN EXISTS (SELECT 1 FROM calls WHERE calls.order_ref = shipments.order_ref
                AND reach >= 1 AND started_at >= failed_at) THEN 1 ELSE 0 END,
            is_disputed = CASE WHEN EXISTS (SELECT 1 FROM calls WHERE calls.order_ref = shipments.order_ref
                AND reach >= 3 AND started_at >= failed_at) THEN 1 ELSE 0 END,
            contacted_at = (SELECT MIN(started_at) FROM calls WHERE calls.order_ref = shipments.order_ref
                AND reach >= 2 AND started_at >= failed_at)
        WHERE order_ref = $1 AND failed_at IS NOT NULL";
    // The empty text stands for any.
    LIST_SHIPMENTS = "SELECT shipments.id, shipments.place, shipments.placed_at, orders.record
        FROM shipments JOIN orders ON orders.order_ref = shipments.order_ref
        WHERE (shipments.placed_at, shipments.id) < ($1, $2) AND ($4 = '' OR shipments.status = $4)
            AND ($5 = '' OR shipments.tracking_number = $5) AND ($6 = '' OR shipments.order_ref = $6)
        ORDER BY shipments.placed_at DESC, shipments.id DESC LIMIT $3";
    UNLISTED_ORDERS = "SELECT order_ref FROM orders WHERE has_shipments_listed = 0 LIMIT $1";
    // Of two that list the same order one gets it.
    CLAIM_UNLISTED = "UPDATE orders SET has_shipments_listed = 1 WHERE order_ref = $1 AND has_shipments_listed = 0
        RETURNING record";
}
