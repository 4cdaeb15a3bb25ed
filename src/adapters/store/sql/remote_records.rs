//! Statements about records at vendors.

statements! { ON_BOTH:

    REMOTE_RECORD = "SELECT remote_id, begun_at, begun_by FROM remote_records
        WHERE connector = $1 AND record_key = $2";
    BEGIN_WRITE = "INSERT INTO remote_records (connector, record_key, call_id, begun_by, begun_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (connector, record_key) DO UPDATE
        SET call_id = excluded.call_id, begun_by = excluded.begun_by, begun_at = excluded.begun_at
        WHERE remote_records.remote_id IS NULL
        AND (remote_records.begun_by = excluded.begun_by OR remote_records.begun_at < $6)";
    KEEP_WRITTEN = "INSERT INTO remote_records (connector, record_key, call_id, begun_by, begun_at, remote_id)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (connector, record_key) DO UPDATE SET remote_id = excluded.remote_id";
    FORGET_RECORD = "DELETE FROM remote_records WHERE connector = $1 AND record_key = $2
        AND (remote_id IS NOT NULL OR begun_by = $3)";
    DELETE_RECORDS_OF_CALL = "DELETE FROM remote_records WHERE call_id = $1";
}
