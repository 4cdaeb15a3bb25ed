//! Statements about live calls on their way to a person.

statements! { ON_BOTH:

    BEGIN = "INSERT INTO transfers
        (id, call_id, request_id, provider, provider_call_id, record, stage, version, begun_at, due_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)";
    KEEP = "UPDATE transfers SET record = $3, stage = $4, due_at = $5, version = version + 1
        WHERE id = $1 AND version = $2";
    NOTE_STAGE = "UPDATE requests SET transfer = $2 WHERE id = $1";
    // A person has the caller: the wish is theirs.
    ACCEPT_REQUEST = "UPDATE requests SET state = 'accepted', way = 'live', handled_by = $2, changed_at = $3
        WHERE id = $1 AND state = 'waiting'";
    BY_ID = "SELECT * FROM transfers WHERE id = $1";
    OF_CALL = "SELECT * FROM transfers WHERE call_id = $1 ORDER BY id DESC LIMIT 1";
    OF_REQUEST = "SELECT * FROM transfers WHERE request_id = $1 ORDER BY id DESC LIMIT 1";
    OF_LINE = "SELECT * FROM transfers WHERE provider_call_id = $1 AND provider = $2 AND due_at IS NOT NULL
        ORDER BY id DESC LIMIT 1";
    DUE = "SELECT id FROM transfers WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    NEXT_AT = "SELECT MIN(due_at) FROM transfers WHERE due_at IS NOT NULL";
    DELETE_OF_CALL = "DELETE FROM transfers WHERE call_id = $1";
}
