//! Statements about the server processes that share the database.

statements! { ON_BOTH:

    BEAT = "INSERT INTO nodes (id, seen_at) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";
    LEAVE = "DELETE FROM nodes WHERE id = $1";
    FORGET_NODES = "DELETE FROM nodes WHERE seen_at < $1";
    CALLS_LEFT_OPEN = "SELECT * FROM calls WHERE state = 'in_progress'
        AND NOT EXISTS (SELECT 1 FROM plan_attempts WHERE plan_attempts.call_id = calls.id
            AND plan_attempts.answered_at IS NULL)
        AND (node_id IS NULL OR (node_id <> $1
        AND NOT EXISTS (SELECT 1 FROM nodes WHERE nodes.id = calls.node_id AND nodes.seen_at >= $2)))
        ORDER BY started_at, id LIMIT $3";
}
