//! Statements about tokens, sessions and kept answers.

statements! { ON_BOTH:

    ADD_TOKEN = "INSERT INTO access_tokens (id, name, role, hash, prefix, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    TOKEN_BY_HASH = "SELECT * FROM access_tokens WHERE hash = $1 AND revoked_at IS NULL";
    LIST_TOKENS = "SELECT * FROM access_tokens WHERE (created_at, id) < ($1, $2)
        ORDER BY created_at DESC, id DESC LIMIT $3";
    NOTE_TOKEN_USE = "UPDATE access_tokens SET last_used_at = $2
        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
    REVOKE_TOKEN = "UPDATE access_tokens SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1 RETURNING hash";

    OPEN_SESSION = "INSERT INTO sessions (hash, token_hash, expires_at) VALUES ($1, $2, $3)";
    SESSION_BY_HASH = "SELECT * FROM sessions WHERE hash = $1 AND expires_at > $2";
    END_SESSION = "DELETE FROM sessions WHERE hash = $1";
    END_SESSIONS_OF_TOKEN = "DELETE FROM sessions WHERE token_hash = $1";
    SWEEP_SESSIONS = "DELETE FROM sessions WHERE expires_at <= $1";

    // A row that no longer counts is taken over by the request that finds it.
    BEGIN_REQUEST = "INSERT INTO kept_answers (token_hash, key, fingerprint, begun_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (token_hash, key) DO UPDATE SET fingerprint = excluded.fingerprint, begun_at = excluded.begun_at,
            status = NULL, content_type = NULL, body = NULL
        WHERE kept_answers.begun_at < $5 OR (kept_answers.status IS NULL AND kept_answers.begun_at < $6
            AND kept_answers.fingerprint = excluded.fingerprint)";
    KEPT_ANSWER = "SELECT fingerprint, status, content_type, body FROM kept_answers WHERE token_hash = $1 AND key = $2";
    KEEP_ANSWER = "UPDATE kept_answers SET status = $3, content_type = $4, body = $5 WHERE token_hash = $1 AND key = $2";
    FORGET_REQUEST = "DELETE FROM kept_answers WHERE token_hash = $1 AND key = $2 AND status IS NULL";
    SWEEP_ANSWERS = "DELETE FROM kept_answers WHERE begun_at < $1
        OR begun_at < (SELECT begun_at FROM kept_answers ORDER BY begun_at DESC LIMIT 1 OFFSET $2)";
}
