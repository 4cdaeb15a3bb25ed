//! Statements about planned calls, their attempts and campaigns.

/// The columns of an attempt beside those of its plan.
macro_rules! attempt_where {
    ($filter:literal) => {
        concat!(
            "SELECT plan_attempts.call_id AS attempt_call_id, plan_attempts.attempt_no, plan_attempts.answered_at,
                plan_attempts.local_hour, calls.node_id, calls.state AS call_state, plans.*
            FROM plan_attempts JOIN plans ON plans.id = plan_attempts.plan_id
            JOIN calls ON calls.id = plan_attempts.call_id WHERE ",
            $filter
        )
    };
}

statements! { ON_BOTH:

    PUT_PLAN = "INSERT INTO plans
        (id, key, campaign_id, order_ref, scenario, to_phone, urgency, planned_at, not_before, expires_at, rule, policy,
            state, is_held, due_at, fence, attempts, changed_at, told_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', 0, $9, 0, 0, $13, $14)
        ON CONFLICT (key) DO NOTHING";

    // Taken first: whoever holds the trunk's row gives out its turns.
    LOCK_TRUNK = "INSERT INTO trunks (name, next_at) VALUES ($1, 0)
        ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING next_at";
    SET_TRUNK = "UPDATE trunks SET next_at = $2 WHERE name = $1";
    COUNT_IN_THE_AIR = "SELECT COUNT(*) FROM plans
        WHERE trunk = $1 AND (state = 'dialling' OR (state = 'leased' AND due_at > $2))";

    GIVE_BACK = "UPDATE plans SET state = $4, due_at = $5, why = $6, changed_at = $3
        WHERE id = $1 AND fence = $2 AND state = 'leased' AND due_at > $3";
    BEGIN_ATTEMPT = "UPDATE plans SET state = 'dialling', attempts = attempts + 1, call_id = $4, why = NULL,
        changed_at = $3
        WHERE id = $1 AND fence = $2 AND state = 'leased' AND due_at > $3 AND is_held = 0 RETURNING attempts";
    PUT_ATTEMPT = "INSERT INTO plan_attempts (call_id, plan_id, attempt_no, token_hash, dialled_at, local_hour)
        VALUES ($1, $2, $3, $4, $5, $6)";
    NOTE_PLACED = "UPDATE calls SET provider_call_id = $2 WHERE id = $1 AND NOT EXISTS (
        SELECT 1 FROM calls AS other WHERE other.provider = calls.provider AND other.provider_call_id = $2)";
    NOTE_ANSWERED = "UPDATE plan_attempts SET answered_at = $2 WHERE call_id = $1 AND answered_at IS NULL";
    ATTEMPT_BY_TOKEN = attempt_where!("plan_attempts.token_hash = $1");
    ATTEMPT_BY_CALL = attempt_where!("plan_attempts.call_id = $1");
    EARLIER_ATTEMPTS = "SELECT class, local_hour FROM plan_attempts
        WHERE plan_id = $1 AND call_id <> $2 AND class IS NOT NULL ORDER BY attempt_no";

    ADOPT_ATTEMPTS = "UPDATE calls SET node_id = $1 WHERE state = 'in_progress' AND node_id <> $1
        AND EXISTS (SELECT 1 FROM plan_attempts WHERE plan_attempts.call_id = calls.id
            AND plan_attempts.answered_at IS NULL AND plan_attempts.settled_at IS NULL)
        AND (calls.id = $3 OR NOT EXISTS (
            SELECT 1 FROM nodes WHERE nodes.id = calls.node_id AND nodes.seen_at >= $2))";
    OWN_RINGING = "SELECT calls.id FROM plan_attempts JOIN calls ON calls.id = plan_attempts.call_id
        WHERE plan_attempts.answered_at IS NULL AND plan_attempts.settled_at IS NULL
        AND calls.node_id = $1 AND calls.state = 'in_progress' ORDER BY calls.id LIMIT $2";

    ENDED_ATTEMPTS = "SELECT plan_attempts.local_hour, calls.outcome, calls.ended_at, plans.*
        FROM plans JOIN calls ON calls.id = plans.call_id
        JOIN plan_attempts ON plan_attempts.call_id = plans.call_id
        WHERE plans.state = 'dialling' AND calls.ended_at IS NOT NULL ORDER BY calls.ended_at LIMIT $1";
    SETTLE_PLAN = "UPDATE plans SET state = $3, due_at = $4, why = $5, changed_at = $6
        WHERE id = $1 AND call_id = $2 AND state = 'dialling'";
    SETTLE_ATTEMPT = "UPDATE plan_attempts SET class = $2, has_reached = $3, settled_at = $4
        WHERE call_id = $1 AND settled_at IS NULL";
    // A campaign that was cancelled while its call rang has no next try.
    CANCEL_IF_CAMPAIGN_WAS = "UPDATE plans SET state = 'cancelled' WHERE id = $1 AND state = 'waiting'
        AND EXISTS (SELECT 1 FROM campaigns WHERE campaigns.id = plans.campaign_id AND campaigns.state = 'cancelled')";

    EXPIRE_PLANS = "UPDATE plans SET state = 'expired', why = 'expired', changed_at = $1
        WHERE expires_at <= $1 AND (state = 'waiting' OR (state = 'leased' AND due_at <= $1))";
    CANCEL_PLAN = "UPDATE plans SET state = 'cancelled', why = 'cancelled_by_hand', changed_at = $2
        WHERE id = $1 AND state IN ('waiting', 'leased')";
    CANCEL_PLAN_OF_KEY = "UPDATE plans SET state = 'cancelled', why = $2, changed_at = $3
        WHERE key = $1 AND state IN ('waiting', 'leased')";
    PLAN_STATE = "SELECT state FROM plans WHERE id = $1";

    NEXT_PLAN_AT = "SELECT MIN(due_at) FROM plans WHERE state IN ('waiting', 'leased') AND is_held = 0";
    COUNT_PLANS = "SELECT state, COUNT(*) AS plans FROM plans GROUP BY state";
    COUNT_PLANS_OF_CAMPAIGN = "SELECT state, COUNT(*) AS plans FROM plans WHERE campaign_id = $1 GROUP BY state";
    LIST_PLANS = "SELECT * FROM plans WHERE (planned_at, id) < ($1, $2)
        AND ($4 = '' OR campaign_id = $4) AND ($5 = '' OR state = $5)
        ORDER BY planned_at DESC, id DESC LIMIT $3";
    HOUR_COUNTS = "SELECT local_hour, COUNT(*) AS tried, CAST(SUM(has_reached) AS BIGINT) AS reached
        FROM plan_attempts WHERE has_reached IS NOT NULL GROUP BY local_hour";

    CALLBACKS_WISHED = "SELECT requests.id, requests.order_ref, calls.direction, calls.from_phone, calls.to_phone,
            calls.outcome
        FROM requests JOIN calls ON calls.id = requests.call_id
        WHERE requests.kind = 'callback' AND requests.state = 'waiting' AND requests.requested_at >= $1
        AND calls.outcome IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM plans WHERE plans.key = 'callback-' || requests.id)
        ORDER BY requests.requested_at DESC LIMIT $2";
    // What had been missed by then stays missed.
    CALLBACK_MADE = "UPDATE requests SET state = 'done', handled_by = 'dialler', changed_at = $2,
            promise = CASE WHEN promise = 'open' THEN 'kept' ELSE promise END,
            settled_at = CASE WHEN promise = 'open' THEN $2 ELSE settled_at END
        WHERE id = $1 AND state = 'waiting'";

    PUT_CAMPAIGN = "INSERT INTO campaigns (id, name, scenario, state, from_at, until_at, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    CAMPAIGN = "SELECT * FROM campaigns WHERE id = $1";
    LIST_CAMPAIGNS = "SELECT * FROM campaigns WHERE (created_at, id) < ($1, $2)
        ORDER BY created_at DESC, id DESC LIMIT $3";
    SET_CAMPAIGN_STATE = "UPDATE campaigns SET state = $2 WHERE id = $1 AND state <> 'cancelled'";
    HOLD_PLANS = "UPDATE plans SET is_held = $2, changed_at = $3 WHERE campaign_id = $1 AND is_held <> $2";
    CANCEL_PLANS = "UPDATE plans SET state = 'cancelled', why = 'campaign_cancelled', changed_at = $2
        WHERE campaign_id = $1 AND state IN ('waiting', 'leased')";

    DELETE_ATTEMPTS_OF_ORDER = "DELETE FROM plan_attempts WHERE plan_id IN (
        SELECT id FROM plans WHERE order_ref = $1 AND NOT EXISTS (
            SELECT 1 FROM calls WHERE calls.id = plans.call_id AND calls.state = 'in_progress'))";
    DELETE_PLANS_OF_ORDER = "DELETE FROM plans WHERE order_ref = $1 AND NOT EXISTS (
        SELECT 1 FROM calls WHERE calls.id = plans.call_id AND calls.state = 'in_progress')";
    DELETE_ATTEMPTS_OF_PHONE = "DELETE FROM plan_attempts WHERE plan_id IN (
        SELECT id FROM plans WHERE to_phone = $1 AND NOT EXISTS (
            SELECT 1 FROM calls WHERE calls.id = plans.call_id AND calls.state = 'in_progress'))";
    DELETE_PLANS_OF_PHONE = "DELETE FROM plans WHERE to_phone = $1 AND NOT EXISTS (
        SELECT 1 FROM calls WHERE calls.id = plans.call_id AND calls.state = 'in_progress')";
    DELETE_ATTEMPTS_ENDED_BEFORE = "DELETE FROM plan_attempts WHERE plan_id IN (
        SELECT id FROM plans WHERE changed_at < $1 AND state IN ('done', 'cancelled', 'expired', 'given_up'))";
    DELETE_PLANS_ENDED_BEFORE = "DELETE FROM plans WHERE changed_at < $1
        AND state IN ('done', 'cancelled', 'expired', 'given_up')";
}

/// Lends due plans and those whose lease ran out, the most urgent first; of one number the first only, and none while
/// that number is leased or dialled. SQLite's one writer makes the claim exclusive.
macro_rules! lease_plans {
    ($lock:literal) => {
        concat!(
            "WITH claimed AS (
                SELECT due.id FROM plans AS due
                WHERE due.state IN ('waiting', 'leased') AND due.due_at <= $1 AND due.expires_at > $1
                AND due.is_held = 0
                AND NOT EXISTS (
                    SELECT 1 FROM plans AS other WHERE other.to_phone = due.to_phone AND other.id <> due.id
                    AND (other.state = 'dialling' OR (other.state = 'leased' AND other.due_at > $1)
                        OR (other.state IN ('waiting', 'leased') AND other.due_at <= $1 AND other.expires_at > $1
                            AND other.is_held = 0 AND (other.urgency > due.urgency OR (other.urgency = due.urgency
                                AND (other.expires_at, other.id) < (due.expires_at, due.id))))))
                ORDER BY due.urgency DESC, due.expires_at, due.id LIMIT $2 ",
            $lock,
            ")
            UPDATE plans SET state = 'leased', due_at = $3, fence = fence + 1, trunk = $4, changed_at = $1
            WHERE id IN (SELECT id FROM claimed) RETURNING *"
        )
    };
}

pub(in crate::adapters::store) const LEASE_ON_SQLITE: &str = lease_plans!("");
pub(in crate::adapters::store) const LEASE_ON_POSTGRES: &str = lease_plans!("FOR UPDATE OF due SKIP LOCKED");
