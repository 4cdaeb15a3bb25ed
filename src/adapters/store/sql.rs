//! Every statement of the store. The texts run on both engines, save where an engine is named.
//!
//! `$1` binds on both; times come in as parameters; no statement is built at run time.

macro_rules! statements {
    ($list:ident: $($name:ident = $text:expr;)*) => {
        $(pub(in crate::adapters::store) const $name: &str = $text;)*
        /// For the test that prepares each of them.
        #[cfg(test)]
        pub(in crate::adapters::store) const $list: &[&str] = &[$($name),*];
    };
}

pub(super) mod access;
pub(super) mod commerce;
pub(super) mod counted_days;
pub(super) mod desk;
pub(super) mod evidence;
pub(super) mod figures;
pub(super) mod nodes;
pub(super) mod outreach;
pub(super) mod plans;
pub(super) mod remote_records;
pub(super) mod retention;
pub(super) mod shipments;
pub(super) mod transfers;
pub(super) mod undecided;

statements! { ON_BOTH:

    // Orders. The first statement of a write takes the row's lock, so that two writers merge one after the other.
    INSERT_ORDER = "INSERT INTO orders
        (order_ref, ref_letters, ref_digits, phone, postcode, placed_at, seen_at, record, has_shipments_listed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT (order_ref) DO NOTHING";
    LOCK_ORDER = "UPDATE orders SET seen_at = $2 WHERE order_ref = $1 RETURNING record";
    HOLD_ORDER = "UPDATE orders SET seen_at = seen_at WHERE order_ref = $1 RETURNING record";
    UPDATE_ORDER = "UPDATE orders SET ref_letters = $2, ref_digits = $3, phone = $4, postcode = $5, placed_at = $6,
        seen_at = $7, record = $8, has_shipments_listed = 1 WHERE order_ref = $1";
    DELETE_ORDER = "DELETE FROM orders WHERE order_ref = $1";
    ORDER_BY_REF = "SELECT record FROM orders WHERE order_ref = $1";
    ORDERS_BY_PHONE = "SELECT record FROM orders WHERE phone = $1 ORDER BY placed_at DESC, order_ref DESC LIMIT $2";
    ORDERS_BY_LETTERS = "SELECT record FROM orders WHERE ref_letters = $1
        ORDER BY placed_at DESC, order_ref DESC LIMIT $2";
    ORDERS_BY_DIGITS = "SELECT record FROM orders WHERE ref_digits = $1
        ORDER BY placed_at DESC, order_ref DESC LIMIT $2";
    ORDERS_BY_POSTCODE = "SELECT record FROM orders WHERE postcode = $1
        ORDER BY placed_at DESC, order_ref DESC LIMIT $2";
    LIST_ORDERS = "SELECT order_ref, placed_at, record FROM orders WHERE (placed_at, order_ref) < ($1, $2)
        ORDER BY placed_at DESC, order_ref DESC LIMIT $3";

    // Calls.
    OPEN_CALL = "INSERT INTO calls
        (id, provider, provider_call_id, direction, scenario, from_phone, to_phone, state, started_at,
            node_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'in_progress', $8, $9) ON CONFLICT (id) DO NOTHING";
    FINISH_CALL = "UPDATE calls SET state = $2, ended_at = $3, transcript = $4, facts = $5, turns = $6, outcome = $7,
        order_ref = $8, pick_up = $9
        WHERE id = $1 AND state = 'in_progress'";
    CALL_STATE = "SELECT state FROM calls WHERE id = $1";
    CALL_BY_ID = "SELECT * FROM calls WHERE id = $1";
    CALLS_TO_PHONE = "SELECT * FROM calls WHERE to_phone = $1 AND direction = 'outbound' AND started_at >= $2
        ORDER BY started_at DESC, id DESC LIMIT $3";
    LIST_CALLS = "SELECT * FROM calls WHERE (started_at, id) < ($1, $2) ORDER BY started_at DESC, id DESC LIMIT $3";
    LIST_OUTCOMES = "SELECT id, ended_at, outcome FROM calls
        WHERE ended_at IS NOT NULL AND (ended_at, id) < ($1, $2) ORDER BY ended_at DESC, id DESC LIMIT $3";

    // What callers asked for. Writing the key over itself makes a repeated request return the first one's id.
    RECORD_REQUEST = "INSERT INTO requests
        (id, idempotency_key, call_id, kind, order_ref, details, requested_at, due_at, way)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (idempotency_key) DO UPDATE SET idempotency_key = excluded.idempotency_key RETURNING id";
    OPT_OUT = "INSERT INTO opt_outs (phone, call_id, at) VALUES ($1, $2, $3)
        ON CONFLICT (phone) DO UPDATE SET call_id = excluded.call_id, at = excluded.at, scope = 'all',
            order_ref = NULL, set_by = NULL
        WHERE opt_outs.scope <> 'all'";
    IS_OPTED_OUT = "SELECT COUNT(*) FROM opt_outs WHERE phone = $1 AND scope = 'all'";
    PING = "SELECT COUNT(*) FROM opt_outs WHERE phone = ''";

    // Deliveries.
    INSERT_DELIVERY = "INSERT INTO deliveries
        (id, call_id, connector, idempotency_key, record, state, attempts, due_at, created_at)
        VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6, $6)";
    SETTLE_DELIVERY = "UPDATE deliveries
        SET state = $4, due_at = $5, last_error = COALESCE($6, last_error), lease_token = NULL,
            attempts = attempts - $7
        WHERE id = $1 AND lease_token = $2 AND state = 'leased' AND due_at > $3";
    RETRY_DELIVERY = "UPDATE deliveries SET state = 'waiting', attempts = 0, due_at = $2
        WHERE id = $1 AND state = 'given_up'";
    LIST_DELIVERIES = "SELECT * FROM deliveries WHERE (created_at, id) < ($1, $2)
        ORDER BY created_at DESC, id DESC LIMIT $3";
    LIST_DELIVERIES_OF_CALL = "SELECT * FROM deliveries WHERE (created_at, id) < ($1, $2) AND call_id = $4
        ORDER BY created_at DESC, id DESC LIMIT $3";
    INSERT_PAST_DELIVERY = "INSERT INTO deliveries
        (id, call_id, connector, idempotency_key, record, state, attempts, due_at, created_at)
        VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6, $7) ON CONFLICT (connector, idempotency_key) DO NOTHING";
    CALLS_NEVER_SENT = "SELECT id, ended_at, outcome FROM calls
        WHERE ended_at IS NOT NULL AND outcome IS NOT NULL AND (ended_at, id) > ($1, $2)
        AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.call_id = calls.id AND deliveries.connector = $3)
        ORDER BY ended_at, id LIMIT $4";
    RETRY_GIVEN_UP = "UPDATE deliveries SET state = 'waiting', attempts = 0, due_at = $3
        WHERE connector = $1 AND state = 'given_up' AND created_at >= $2";
    COUNT_UNSETTLED = "SELECT COUNT(*) FROM deliveries WHERE state IN ('waiting', 'leased')";
}

/// A delivery goes out only after the earlier ones of its call.
macro_rules! first_of_its_call {
    () => {
        "NOT EXISTS (
            SELECT 1 FROM deliveries AS earlier
            WHERE earlier.call_id = due.call_id AND earlier.connector = due.connector
            AND earlier.id < due.id AND earlier.state IN ('waiting', 'leased'))"
    };
}

/// Lends due deliveries, and those whose lease ran out. SQLite's one writer makes the claim exclusive.
///
/// The claim stands in a `WITH`, because PostgreSQL may run a subquery that locks more than once.
macro_rules! lease_deliveries {
    ($addressed:literal, $lock:literal) => {
        concat!(
            "WITH claimed AS (
                SELECT due.id FROM deliveries AS due
                WHERE due.state IN ('waiting', 'leased') AND due.due_at <= $1 AND due.connector ",
            $addressed,
            " AND ",
            first_of_its_call!(),
            " ORDER BY due.due_at, due.id LIMIT $2 ",
            $lock,
            ")
            UPDATE deliveries SET state = 'leased', attempts = attempts + 1, lease_token = $3, due_at = $4
            WHERE id IN (SELECT id FROM claimed) RETURNING *"
        )
    };
}

macro_rules! next_delivery_at {
    ($addressed:literal) => {
        concat!(
            "SELECT due.due_at FROM deliveries AS due
            WHERE due.state IN ('waiting', 'leased') AND due.connector ",
            $addressed,
            " AND ",
            first_of_its_call!(),
            " ORDER BY due.due_at, due.id LIMIT 1"
        )
    };
}

pub(super) const LEASE_TO_ON_SQLITE: &str = lease_deliveries!("= $5", "");
pub(super) const LEASE_TO_ON_POSTGRES: &str = lease_deliveries!("= $5", "FOR UPDATE OF due SKIP LOCKED");
pub(super) const LEASE_REST_ON_SQLITE: &str = lease_deliveries!("NOT IN (SELECT value FROM json_each($5))", "");
pub(super) const LEASE_REST_ON_POSTGRES: &str =
    lease_deliveries!("NOT IN (SELECT json_array_elements_text(CAST($5 AS json)))", "FOR UPDATE OF due SKIP LOCKED");
pub(super) const NEXT_TO: &str = next_delivery_at!("= $1");
pub(super) const NEXT_REST_ON_SQLITE: &str = next_delivery_at!("NOT IN (SELECT value FROM json_each($1))");
pub(super) const NEXT_REST_ON_POSTGRES: &str =
    next_delivery_at!("NOT IN (SELECT json_array_elements_text(CAST($1 AS json)))");
