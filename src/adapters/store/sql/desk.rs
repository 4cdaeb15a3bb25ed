//! Statements about the desk and contacts.

/// A page of requests, newest first, narrowed by `$filter`.
macro_rules! list_requests {
    ($filter:literal) => {
        concat!(
            "SELECT * FROM requests WHERE (requested_at, id) < ($1, $2) AND ",
            $filter,
            " ORDER BY requested_at DESC, id DESC LIMIT $3"
        )
    };
}

statements! { ON_BOTH:

    REQUEST_BY_ID = "SELECT * FROM requests WHERE id = $1";
    REQUESTS_OF_CALL = "SELECT * FROM requests WHERE call_id = $1 ORDER BY requested_at, id";
    CHANGE_REQUEST = "UPDATE requests SET state = $4, promise = $5, handled_by = $6, changed_at = $7,
        settled_at = CASE WHEN promise = $5 THEN settled_at ELSE $7 END
        WHERE id = $1 AND state = $2 AND promise = $3";
    PROMISES_NEAR = "SELECT * FROM requests
        WHERE promise = 'open' AND due_at < $1 AND handed_on_at IS NULL AND state IN ('waiting', 'refused')
        AND EXISTS (SELECT 1 FROM calls WHERE calls.id = requests.call_id AND calls.ended_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM plans WHERE plans.key = 'callback-' || requests.id
            AND plans.state IN ('waiting', 'leased', 'dialling'))
        ORDER BY due_at, id LIMIT $2";
    NOTE_HANDED_ON = "UPDATE requests SET handed_on_at = $2
        WHERE id = $1 AND handed_on_at IS NULL AND promise = 'open'";
    MISS_PROMISES = "UPDATE requests SET promise = 'missed', settled_at = $1 WHERE promise = 'open' AND due_at < $1";
    MARK_WRONG = "UPDATE requests SET wrong_at = $2, wrong_by = $3, wrong_why = $4 WHERE id = $1";
    ADD_NOTE = "INSERT INTO request_notes (id, request_id, at, written_by, text)
        SELECT $1, requests.id, CAST($3 AS BIGINT), $4, $5 FROM requests WHERE requests.id = $2";
    NOTES = "SELECT * FROM request_notes WHERE request_id = $1 ORDER BY id";
    EARLIER_CALLS = "SELECT id, started_at, outcome FROM calls WHERE ended_at IS NOT NULL AND id <> $3
        AND (from_phone = $1 OR to_phone = $1 OR order_ref = $2) ORDER BY started_at DESC, id DESC LIMIT $4";

    PUT_OPT_OUT = "INSERT INTO opt_outs (phone, call_id, at, scope, order_ref, set_by)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (phone) DO UPDATE SET call_id = excluded.call_id, at = excluded.at, scope = excluded.scope,
            order_ref = excluded.order_ref, set_by = excluded.set_by";
    OPT_OUT_OF = "SELECT * FROM opt_outs WHERE phone = $1";
    REMOVE_OPT_OUT = "DELETE FROM opt_outs WHERE phone = $1";
    // The empty text stands for any number.
    LIST_CUSTOMERS = "SELECT newest.phone, newest.placed_at, newest.record,
            (SELECT COUNT(*) FROM orders AS counted WHERE counted.phone = newest.phone) AS order_count
        FROM orders AS newest
        WHERE (newest.placed_at, newest.phone) < ($1, $2) AND ($4 = '' OR newest.phone = $4) AND NOT EXISTS (
            SELECT 1 FROM orders AS newer WHERE newer.phone = newest.phone
            AND (newer.placed_at, newer.order_ref) > (newest.placed_at, newest.order_ref))
        ORDER BY newest.placed_at DESC, newest.phone DESC LIMIT $3";
}

pub(in crate::adapters::store) const LIST_HANDOFFS: &str =
    list_requests!("way IS NOT NULL AND ($4 = '' OR state = $4)");
pub(in crate::adapters::store) const LIST_CALLBACKS: &str =
    list_requests!("(way = 'callback' OR kind = 'callback') AND ($4 = '' OR state = $4)");
pub(in crate::adapters::store) const LIST_PROMISES: &str = list_requests!("($4 = '' OR promise = $4)");

#[cfg(test)]
pub(in crate::adapters::store) const LISTS: &[&str] = &[LIST_HANDOFFS, LIST_CALLBACKS, LIST_PROMISES];
