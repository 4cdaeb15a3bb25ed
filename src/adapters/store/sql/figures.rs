//! Statements about figures.

/// What is read of an ended call to count it.
macro_rules! ended_call {
    () => {
        "id, ended_at, turns, pick_up, outcome, is_followed, is_repeated, of_order, order_ref, reach"
    };
}

/// Marks in `$flag` the calls of order $1 that ended before the customer came about it at $3 in call $2, and after $4.
macro_rules! follow_before {
    ($flag:literal) => {
        concat!(
            "UPDATE calls SET ",
            $flag,
            " = 1 WHERE order_ref = $1 AND id <> $2 AND ",
            $flag,
            " = 0 AND ended_at <= $3 AND ended_at > $4 RETURNING ",
            ended_call!()
        )
    };
}

/// Marks in `$flag` calls after which the customer came again about the order, narrowed by `$filter`; $3 is how soon that
/// must be.
macro_rules! follow {
    ($flag:literal, $filter:literal) => {
        concat!(
            "UPDATE calls SET ",
            $flag,
            " = 1 WHERE ",
            $filter,
            " AND ",
            $flag,
            " = 0 AND (EXISTS (
                SELECT 1 FROM calls AS later WHERE later.order_ref = calls.order_ref AND later.id <> calls.id
                AND later.direction = 'inbound' AND later.ended_at IS NOT NULL
                AND later.started_at >= calls.ended_at AND later.started_at < calls.ended_at + $3)
            OR EXISTS (
                SELECT 1 FROM tickets WHERE tickets.order_ref = calls.order_ref
                AND tickets.opened_at >= calls.ended_at AND tickets.opened_at < calls.ended_at + $3))"
        )
    };
}

/// Notes the first contact about the moments of an order in `$column`.
macro_rules! note_contact {
    ($column:literal) => {
        concat!(
            "UPDATE decisions SET ",
            $column,
            " = $2 WHERE order_ref = $1 AND happened_at IS NOT NULL AND decided_at <= $2 AND decided_at > $3 AND (",
            $column,
            " IS NULL OR ",
            $column,
            " > $2)"
        )
    };
}

/// Minutes from `$column` of a moment to our first contact.
macro_rules! leads_from {
    ($column:literal) => {
        concat!(
            "SELECT is_held_back, (told_at - ",
            $column,
            ") / 60000 AS minutes, COUNT(*) AS moments FROM decisions
            WHERE happened_at IS NOT NULL AND told_at IS NOT NULL AND decided_at >= $1 AND decided_at < $2
            GROUP BY 1, 2"
        )
    };
}

statements! { ON_BOTH:

    // Taken first: whoever holds the row writes tallies, as everybody on SQLite does.
    LOCK_TALLYING = "UPDATE tallying SET has_counted = has_counted WHERE id = 1";
    HAS_COUNTED = "SELECT has_counted FROM tallying WHERE id = 1";
    NOTE_COUNTED = "UPDATE tallying SET has_counted = 1 WHERE id = 1";

    TALLY = "SELECT tally FROM call_tallies
        WHERE day = $1 AND shop_id = $2 AND scenario = $3 AND is_held_back = $4";
    PUT_TALLY = "INSERT INTO call_tallies (day, shop_id, scenario, is_held_back, tally) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (day, shop_id, scenario, is_held_back) DO UPDATE SET tally = excluded.tally";
    DELETE_TALLY = "DELETE FROM call_tallies
        WHERE day = $1 AND shop_id = $2 AND scenario = $3 AND is_held_back = $4";
    TALLIES_OF_DAY = "SELECT shop_id, scenario, is_held_back, tally FROM call_tallies WHERE day = $1";
    DELETE_TALLIES_OF_DAY = "DELETE FROM call_tallies WHERE day = $1";
    // The empty text stands for any shop or scenario, a negative number for both groups.
    TALLIES = "SELECT tally FROM call_tallies WHERE day >= $1 AND day < $2
        AND ($3 = '' OR shop_id = $3) AND ($4 = '' OR scenario = $4) AND ($5 < 0 OR is_held_back = $5)";

    CALLS_ENDED_WITHIN = concat!("SELECT ", ended_call!(), " FROM calls
        WHERE ended_at >= $1 AND ended_at < $2 AND (ended_at, id) > ($3, $4) ORDER BY ended_at, id LIMIT $5");
    ENDED_CALL = concat!("SELECT ", ended_call!(), " FROM calls WHERE id = $1 AND ended_at IS NOT NULL");
    NOTE_REACH = "UPDATE calls SET reach = $2 WHERE id = $1";
    // The first to the last.
    ATTEMPTS_OF_ORDER = "SELECT id, ended_at, outcome, of_order FROM calls WHERE order_ref = $1 AND reach > 0
        ORDER BY started_at, id";
    NOTE_OF_ORDER = "UPDATE calls SET of_order = $2 WHERE id = $1";
    ORDER_OF_CALL = "SELECT order_ref FROM calls WHERE id = $1 AND reach > 0 AND order_ref IS NOT NULL";
    // One end at a time: asked for both at once, SQLite reads the whole index.
    ENDS_OF_CALLS = "SELECT (SELECT MIN(ended_at) FROM calls WHERE ended_at IS NOT NULL) AS first,
        (SELECT MAX(ended_at) FROM calls WHERE ended_at IS NOT NULL) AS last";
    DAYS_TALLIED = "SELECT (SELECT MIN(day) FROM call_tallies) AS first, (SELECT MAX(day) FROM call_tallies) AS last";
    STARTED_AT = "SELECT started_at FROM calls WHERE id = $1";

    FOLLOW_CALLS_BEFORE = follow_before!("is_followed");
    REPEAT_CALLS_BEFORE = follow_before!("is_repeated");
    FOLLOW_CALL = follow!("is_followed", "id = $1 AND ended_at >= $2");
    REPEAT_CALL = follow!("is_repeated", "id = $1 AND ended_at >= $2");
    FOLLOW_CALLS_WITHIN = follow!("is_followed", "ended_at >= $1 AND ended_at < $2");
    REPEAT_CALLS_WITHIN = follow!("is_repeated", "ended_at >= $1 AND ended_at < $2");

    NOTE_TOLD = note_contact!("told_at");
    NOTE_ASKED = note_contact!("asked_at");

    TICKET = "SELECT opened_at, channel, topic, order_ref, tickets FROM tickets WHERE ticket_ref = $1";
    PUT_TICKET = "INSERT INTO tickets
        (ticket_ref, opened_at, channel, topic, is_wismo, order_ref, is_held_back, tickets)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (ticket_ref) DO UPDATE SET opened_at = excluded.opened_at, channel = excluded.channel,
            topic = excluded.topic, is_wismo = excluded.is_wismo, order_ref = excluded.order_ref,
            is_held_back = excluded.is_held_back, tickets = excluded.tickets";
    PHONE_OF_ORDER = "SELECT phone FROM orders WHERE order_ref = $1";

    COUNT_TICKETS = "SELECT is_held_back, channel, is_wismo, CAST(SUM(tickets) AS BIGINT) AS tickets FROM tickets
        WHERE opened_at >= $1 AND opened_at < $2 GROUP BY is_held_back, channel, is_wismo";
    COUNT_SHIPPED = "SELECT is_held_back, is_cod, COUNT(*) AS shipped,
            CAST(SUM(CASE WHEN is_delivered = 1 OR failed_at IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS attempted,
            COUNT(failed_at) AS attempt_failed, CAST(SUM(is_returned) AS BIGINT) AS returned
        FROM shipments WHERE shipped_at >= $1 AND shipped_at < $2 GROUP BY is_held_back, is_cod";
    COUNT_FAILED = "SELECT is_held_back, COUNT(*) AS failed, CAST(SUM(is_delivered) AS BIGINT) AS recovered,
            COUNT(contacted_at) AS contacted,
            COUNT(CASE WHEN contacted_at - failed_at <= $3 THEN 1 END) AS contacted_soon,
            CAST(SUM(is_absent * is_called) AS BIGINT) AS absent_called,
            CAST(SUM(is_absent * is_disputed) AS BIGINT) AS absent_disputed
        FROM shipments WHERE failed_at >= $1 AND failed_at < $2 GROUP BY is_held_back";
    COUNT_LINKS = "SELECT COUNT(*) AS sent, COUNT(paid_at) AS paid FROM request_actions
        WHERE kind = 'send_payment_link' AND state = 'taken' AND changed_at >= $1 AND changed_at < $2";
    COUNT_MOMENTS = "SELECT is_held_back, COUNT(*) AS detected,
            COUNT(CASE WHEN asked_at IS NULL OR told_at <= asked_at THEN told_at END) AS ours_first
        FROM decisions WHERE happened_at IS NOT NULL AND decided_at >= $1 AND decided_at < $2
        GROUP BY is_held_back";
    LEADS = leads_from!("decided_at");
    LEADS_FROM_EVENT = leads_from!("happened_at");
    COUNT_SEEN_TO = "SELECT COUNT(*) AS seen_to, COUNT(wrong_at) AS marked_wrong FROM requests
        WHERE requested_at >= $1 AND requested_at < $2 AND way IS NOT NULL AND state IN ('accepted', 'done')";
    COUNT_PROMISES = "SELECT promise, COUNT(*) AS promises FROM requests
        WHERE due_at >= $1 AND due_at < $2 GROUP BY promise";
}
