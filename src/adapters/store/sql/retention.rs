//! Statements that delete what is about people. Each spares calls in progress.

/// Ended calls that owe no connector a delivery, oldest first, narrowed by `$filter`.
macro_rules! settled_calls {
    ($filter:literal) => {
        concat!(
            "SELECT id FROM calls WHERE ended_at IS NOT NULL AND ended_at < $1 ",
            $filter,
            "AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.call_id = calls.id
                AND deliveries.state IN ('waiting', 'leased'))
            ORDER BY ended_at, id LIMIT $2"
        )
    };
}

statements! { ON_BOTH:

    OUTCOME_OF = "SELECT outcome FROM calls WHERE id = $1 AND ended_at IS NOT NULL";
    DELETE_WORDS_OF_CALL = "UPDATE calls SET transcript = '[]', facts = '[]', outcome = $2, words_deleted_at = $3
        WHERE id = $1 AND ended_at IS NOT NULL AND words_deleted_at IS NULL";
    DELETE_WORDS_OF_REQUESTS = "UPDATE requests SET details = '[]',
        wrong_why = CASE WHEN wrong_at IS NULL THEN NULL ELSE '' END WHERE call_id = $1";
    DELETE_WORDS_OF_DELIVERIES = "UPDATE deliveries SET record = $2 WHERE call_id = $1
        AND state NOT IN ('waiting', 'leased')";

    DELETE_NOTES_OF_CALL = "DELETE FROM request_notes WHERE request_id IN (SELECT id FROM requests WHERE call_id = $1)";
    DELETE_REQUESTS_OF_CALL = "DELETE FROM requests WHERE call_id = $1";
    DELETE_DELIVERIES_OF_CALL = "DELETE FROM deliveries WHERE call_id = $1";
    DELETE_CALL = "DELETE FROM calls WHERE id = $1 AND ended_at IS NOT NULL";

    CALLS_OF_PHONE = "SELECT id, ended_at FROM calls WHERE from_phone = $1 OR to_phone = $1 ORDER BY id";
    CALLS_OF_ORDER = "SELECT id, ended_at FROM calls WHERE order_ref = $1
        OR id IN (SELECT call_id FROM requests WHERE order_ref = $1) ORDER BY id";
    DELETE_ORDERS_OF_PHONE = "DELETE FROM orders WHERE phone = $1";
    CALLS_BETWEEN = "SELECT id, ended_at FROM calls WHERE id >= $1 AND id <= $2";

    NOTE_DELETION = "INSERT INTO deletions
        (id, at, what, before_at, ordered_by, recordings, calls, requests, deliveries, orders)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    LIST_DELETIONS = "SELECT * FROM deletions WHERE (at, id) < ($1, $2) ORDER BY at DESC, id DESC LIMIT $3";
}

pub(in crate::adapters::store) const CALLS_WITH_WORDS: &str = settled_calls!("AND words_deleted_at IS NULL ");
pub(in crate::adapters::store) const CALLS_ENDED: &str = settled_calls!("");

#[cfg(test)]
pub(in crate::adapters::store) const SETTLED: &[&str] = &[CALLS_WITH_WORDS, CALLS_ENDED];
