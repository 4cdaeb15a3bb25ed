//! Statements about what shops and carriers tell and are asked to do.

statements! { ON_BOTH:

    KEEP_MESSAGE = "INSERT INTO commerce_messages (source, event_id, seen_at) VALUES ($1, $2, $3)
        ON CONFLICT (source, event_id) DO NOTHING";
    LAST_MESSAGE = "SELECT MAX(seen_at) FROM commerce_messages WHERE source = $1";
    SWEEP_MESSAGES = "DELETE FROM commerce_messages WHERE seen_at < $1";
    SWEEP_PARKED = "DELETE FROM parked_events WHERE parked_at < $1";

    TOLD_AT = "SELECT told_at FROM vendor_orders WHERE source = $1 AND vendor_id = $2";
    NAME_ORDER = "INSERT INTO vendor_orders (source, vendor_id, order_ref, told_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (source, vendor_id) DO UPDATE SET order_ref = excluded.order_ref,
            told_at = CASE WHEN excluded.told_at < vendor_orders.told_at THEN vendor_orders.told_at
                ELSE excluded.told_at END";
    NAME_PARCEL = "INSERT INTO vendor_parcels (source, vendor_id, order_ref, tracking_number) VALUES ($1, $2, $3, $4)
        ON CONFLICT (source, vendor_id) DO UPDATE SET order_ref = excluded.order_ref,
            tracking_number = excluded.tracking_number";
    PARCEL_NUMBER = "SELECT tracking_number FROM vendor_parcels WHERE source = $1 AND vendor_id = $2";
    ORDER_OF_NUMBER = "SELECT order_ref FROM shipments WHERE tracking_number = $1
        ORDER BY placed_at DESC, id DESC LIMIT 1";
    ORDER_NAMED = "SELECT order_ref FROM orders WHERE order_ref = $1";
    ORDER_OF_VENDOR = "SELECT order_ref FROM vendor_orders WHERE source = $1 AND vendor_id = $2";
    VENDORS_OF_ORDER = "SELECT source, vendor_id FROM vendor_orders WHERE order_ref = $1 ORDER BY source, vendor_id";

    PARK = "INSERT INTO parked_events (id, key, source, event, parked_at, is_hint) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id, key) DO NOTHING";
    PARKED = "SELECT id, source, event, is_hint FROM parked_events WHERE key = $1 ORDER BY parked_at, id LIMIT 500";
    UNPARK = "DELETE FROM parked_events WHERE id = $1";

    QUIET_PARCELS = "SELECT tracking_number FROM shipments WHERE heard_at < $1 AND carrier = $2
        AND status NOT IN ('delivered', 'returned_to_sender', 'cancelled', 'lost') ORDER BY heard_at, id LIMIT $3";
    QUIET_PARCELS_OF_ALL = "SELECT tracking_number FROM shipments WHERE heard_at < $1
        AND status NOT IN ('delivered', 'returned_to_sender', 'cancelled', 'lost') ORDER BY heard_at, id LIMIT $2";

    UNPLANNED_REQUESTS = "SELECT * FROM requests WHERE is_planned = 0 ORDER BY requested_at, id LIMIT $1";
    PLAN_REQUEST = "UPDATE requests SET is_planned = 1 WHERE id = $1 AND is_planned = 0 RETURNING order_ref";
    PLAN_ACTION = "INSERT INTO request_actions
        (id, request_id, source, kind, order_ref, tracking_number, fulfils, state, attempts, due_at, created_at,
            changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $8, 'waiting', 0, $7, $7, $7)
        ON CONFLICT (request_id, source, kind, tracking_number) DO NOTHING";
    ACTION_REQUEST = "SELECT * FROM requests WHERE id = $1";
    SETTLE_ACTION = "UPDATE request_actions SET state = $4, due_at = $5, reference = COALESCE($6, reference),
            last_error = COALESCE($7, last_error), lease_token = NULL, changed_at = $3
        WHERE id = $1 AND lease_token = $2 AND state = 'leased' AND due_at > $3 RETURNING request_id";
    // Once an order, with the link that was sent last.
    NOTE_PAID = "UPDATE request_actions SET paid_at = $2 WHERE id = (
            SELECT id FROM request_actions WHERE order_ref = $1 AND kind = 'send_payment_link' AND state = 'taken'
            ORDER BY changed_at DESC, id DESC LIMIT 1)
        AND NOT EXISTS (SELECT 1 FROM request_actions AS paid WHERE paid.order_ref = $1 AND paid.paid_at IS NOT NULL)
        RETURNING request_id";
    PAID_OF_CALL = "SELECT request_id FROM request_actions WHERE paid_at IS NOT NULL
        AND request_id IN (SELECT id FROM requests WHERE call_id = $1) ORDER BY request_id";
    // Takes the lock of the call's row: a call that ends meanwhile waits, and then sees that it was paid.
    CALL_OF_REQUEST = "UPDATE calls SET state = state WHERE id = (SELECT call_id FROM requests WHERE id = $1)
        RETURNING id, outcome";
    TOLD_OF_CALL = "SELECT connector FROM deliveries WHERE call_id = $1 AND idempotency_key = $2 ORDER BY connector";

    // A person has to look at what a source has refused, or may not have got.
    MAKE_TASK = "UPDATE requests SET way = COALESCE(way, 'ticket') WHERE id = $1";
    // A ticket is for a person until the link is out, and for nobody then.
    FINISH_REQUEST = "UPDATE requests SET state = 'done', handled_by = $2, changed_at = $3,
            promise = CASE WHEN promise <> 'open' THEN promise
                WHEN due_at IS NULL OR due_at >= $3 THEN 'kept' ELSE 'missed' END,
            settled_at = CASE WHEN promise <> 'open' THEN settled_at ELSE $3 END
        WHERE id = $1 AND state = 'waiting' AND (way IS NULL OR kind = 'prepaid_link') AND EXISTS (
            SELECT 1 FROM request_actions WHERE request_actions.request_id = requests.id AND fulfils = 1)
        AND NOT EXISTS (
            SELECT 1 FROM request_actions WHERE request_actions.request_id = requests.id
            AND request_actions.state <> 'taken')";
    // The empty text stands for any request.
    LIST_ACTIONS = "SELECT * FROM request_actions WHERE (created_at, id) < ($1, $2) AND ($4 = '' OR request_id = $4)
        ORDER BY created_at DESC, id DESC LIMIT $3";
    NEXT_ACTION_AT = "SELECT MIN(due.due_at) FROM request_actions AS due
        WHERE due.state IN ('waiting', 'leased') AND NOT EXISTS (
            SELECT 1 FROM request_actions AS earlier
            WHERE earlier.order_ref = due.order_ref AND earlier.source = due.source
            AND earlier.id < due.id AND earlier.state IN ('waiting', 'leased'))";
}

/// Lends due actions, and those whose lease ran out, of one order and source in the order they were planned.
macro_rules! lease_actions {
    ($lock:literal) => {
        concat!(
            "WITH claimed AS (
                SELECT due.id FROM request_actions AS due
                WHERE due.state IN ('waiting', 'leased') AND due.due_at <= $1
                AND NOT EXISTS (
                    SELECT 1 FROM request_actions AS earlier
                    WHERE earlier.order_ref = due.order_ref AND earlier.source = due.source
                    AND earlier.id < due.id AND earlier.state IN ('waiting', 'leased'))
                ORDER BY due.due_at, due.id LIMIT $2 ",
            $lock,
            ")
            UPDATE request_actions SET state = 'leased', attempts = attempts + 1, lease_token = $3, due_at = $4
            WHERE id IN (SELECT id FROM claimed) RETURNING *"
        )
    };
}

pub(in crate::adapters::store) const LEASE_ON_SQLITE: &str = lease_actions!("");
pub(in crate::adapters::store) const LEASE_ON_POSTGRES: &str = lease_actions!("FOR UPDATE OF due SKIP LOCKED");
