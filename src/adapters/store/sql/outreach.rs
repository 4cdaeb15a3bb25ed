//! Statements about decisions, messages and what keeps a number from being called.

statements! { ON_BOTH:

    // What is known about a number.
    CALLS_WITH = "SELECT direction, scenario, started_at, outcome, order_ref FROM calls
        WHERE (from_phone = $1 OR to_phone = $1) AND (started_at >= $2 OR order_ref = $3)";
    MESSAGES_TO = "SELECT channel, COALESCE(sent_at, created_at) AS at, order_ref, record FROM messages
        WHERE phone = $1 AND state <> 'given_up' AND created_at >= $2";
    LIST_WITH = "SELECT list FROM do_not_call WHERE phone = $1 ORDER BY list LIMIT 1";
    PLANS_OF = "SELECT plan FROM decisions WHERE phone = $1 AND plan IS NOT NULL AND expires_at > $2
        ORDER BY decided_at, id";

    // Decisions.
    IS_DECIDED = "SELECT COUNT(*) FROM decisions WHERE event_key = $1";
    PUT_DECISION = "INSERT INTO decisions
        (id, event_key, order_ref, phone, decided_at, record, plan, expires_at, happened_at, is_held_back)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (event_key) DO NOTHING";
    FORGET_PLAN = "UPDATE decisions SET plan = NULL WHERE event_key = $1";
    // The empty text stands for any order.
    LIST_DECISIONS = "SELECT id, decided_at, record FROM decisions
        WHERE (decided_at, id) < ($1, $2) AND ($4 = '' OR order_ref = $4)
        ORDER BY decided_at DESC, id DESC LIMIT $3";
    FORGET_DECISIONS = "DELETE FROM decisions WHERE decided_at < $1";
    FORGET_MESSAGES = "DELETE FROM messages WHERE created_at < $1 AND state NOT IN ('waiting', 'leased')";

    SIGNALS = "SELECT record FROM order_signals WHERE order_ref = $1";
    PUT_SIGNALS = "INSERT INTO order_signals (order_ref, record, at) VALUES ($1, $2, $3)
        ON CONFLICT (order_ref) DO UPDATE SET record = excluded.record, at = excluded.at";

    ADD_DO_NOT_CALL = "INSERT INTO do_not_call (phone, list, added_at) VALUES ($1, $2, $3)
        ON CONFLICT (phone, list) DO NOTHING";
    DROP_DO_NOT_CALL = "DELETE FROM do_not_call WHERE list = $1";
    DO_NOT_CALL_LISTS = "SELECT list, COUNT(*) AS numbers FROM do_not_call GROUP BY list ORDER BY list";

    PUT_CONSENT = "INSERT INTO consents (phone, state, proof, at, set_by) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (phone) DO UPDATE SET state = excluded.state, proof = excluded.proof, at = excluded.at,
            set_by = excluded.set_by";
    CONSENT_OF = "SELECT state, proof, at, set_by FROM consents WHERE phone = $1";

    ORDERS_UNDER_WAY = "SELECT DISTINCT order_ref FROM shipments
        WHERE status IN ('in_transit', 'customs', 'delayed', 'at_local_depot', 'unknown') AND order_ref > $1
        ORDER BY order_ref LIMIT $2";

    // Messages.
    PUT_MESSAGE = "INSERT INTO messages (id, key, order_ref, phone, channel, record, state, attempts, due_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $8) ON CONFLICT (key) DO NOTHING";
    SETTLE_MESSAGE = "UPDATE messages SET state = $4, due_at = $5, body = COALESCE($6, body),
            provider_id = COALESCE($7, provider_id), sent_at = COALESCE($8, sent_at),
            last_error = COALESCE($9, last_error), lease_token = NULL
        WHERE id = $1 AND lease_token = $2 AND state = 'leased' AND due_at > $3";
    MESSAGES_OF_ORDER = "SELECT * FROM messages WHERE order_ref = $1 ORDER BY created_at DESC, id DESC LIMIT $2";

    // Erasure. Opt-outs and do-not-call lists stay: without them the number would be called again.
    ERASE_DECISIONS_OF_PHONE = "DELETE FROM decisions WHERE phone = $1";
    ERASE_MESSAGES_OF_PHONE = "DELETE FROM messages WHERE phone = $1";
    ERASE_CONSENT_OF_PHONE = "DELETE FROM consents WHERE phone = $1";
    ERASE_SIGNALS_OF_PHONE = "DELETE FROM order_signals
        WHERE order_ref IN (SELECT order_ref FROM orders WHERE phone = $1)";
    ERASE_UNDECIDED_OF_PHONE = "DELETE FROM undecided
        WHERE order_ref IN (SELECT order_ref FROM orders WHERE phone = $1)";
    ERASE_TICKETS_OF_PHONE = "UPDATE tickets SET order_ref = NULL
        WHERE order_ref IN (SELECT order_ref FROM orders WHERE phone = $1)";
    ERASE_TICKETS_OF_ORDER = "UPDATE tickets SET order_ref = NULL WHERE order_ref = $1";
    ERASE_DECISIONS_OF_ORDER = "DELETE FROM decisions WHERE order_ref = $1";
    ERASE_MESSAGES_OF_ORDER = "DELETE FROM messages WHERE order_ref = $1";
    ERASE_SIGNALS_OF_ORDER = "DELETE FROM order_signals WHERE order_ref = $1";
    ERASE_UNDECIDED_OF_ORDER = "DELETE FROM undecided WHERE order_ref = $1";
}

/// What is erased with a number's orders, before them.
pub(in crate::adapters::store) const ERASE_OF_PHONE: &[&str] = &[
    ERASE_DECISIONS_OF_PHONE,
    ERASE_MESSAGES_OF_PHONE,
    ERASE_CONSENT_OF_PHONE,
    ERASE_SIGNALS_OF_PHONE,
    ERASE_UNDECIDED_OF_PHONE,
    ERASE_TICKETS_OF_PHONE,
];
/// What is erased with an order.
pub(in crate::adapters::store) const ERASE_OF_ORDER: &[&str] = &[
    ERASE_DECISIONS_OF_ORDER,
    ERASE_MESSAGES_OF_ORDER,
    ERASE_SIGNALS_OF_ORDER,
    ERASE_UNDECIDED_OF_ORDER,
    ERASE_TICKETS_OF_ORDER,
];

/// Lends due messages, and those whose lease ran out.
macro_rules! lease_messages {
    ($lock:literal) => {
        concat!(
            "WITH claimed AS (
                SELECT due.id FROM messages AS due
                WHERE due.state IN ('waiting', 'leased') AND due.due_at <= $1
                ORDER BY due.due_at, due.id LIMIT $2 ",
            $lock,
            ")
            UPDATE messages SET state = 'leased', attempts = attempts + 1, lease_token = $3, due_at = $4
            WHERE id IN (SELECT id FROM claimed) RETURNING *"
        )
    };
}

pub(in crate::adapters::store) const LEASE_MESSAGES_ON_SQLITE: &str = lease_messages!("");
pub(in crate::adapters::store) const LEASE_MESSAGES_ON_POSTGRES: &str =
    lease_messages!("FOR UPDATE OF due SKIP LOCKED");
