//! Statements about events that nobody has decided about yet.

statements! { ON_BOTH:

    PUT = "INSERT INTO undecided (id, order_ref, event, source, is_hint, told_at, due_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6)";
    NEXT_AT = "SELECT MIN(due_at) FROM undecided WHERE is_hint = $1";
    CONFIRM = "UPDATE undecided SET is_hint = 0, due_at = $2 WHERE id = $1";
    FORGET = "DELETE FROM undecided WHERE id = $1";
}

/// Lends due events, and those whose lease ran out.
macro_rules! lease {
    ($lock:literal) => {
        concat!(
            "WITH claimed AS (
                SELECT due.id FROM undecided AS due
                WHERE due.is_hint = $1 AND due.due_at <= $2
                ORDER BY due.id LIMIT $3 ",
            $lock,
            ")
            UPDATE undecided SET due_at = $4 WHERE id IN (SELECT id FROM claimed) RETURNING *"
        )
    };
}

pub(in crate::adapters::store) const LEASE_ON_SQLITE: &str = lease!("");
pub(in crate::adapters::store) const LEASE_ON_POSTGRES: &str = lease!("FOR UPDATE OF due SKIP LOCKED");
