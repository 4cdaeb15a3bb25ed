-- What deliveries have written at vendors, so that a broken-off attempt goes on instead of writing again.
CREATE TABLE remote_records (
    connector  TEXT   NOT NULL,
    -- Such as `call-…-note`. A customer's contact stands under a digest of their number.
    record_key TEXT   NOT NULL,
    -- The call that wrote it, and with which it is erased.
    call_id    TEXT   NOT NULL,
    begun_by   TEXT   NOT NULL,
    begun_at   BIGINT NOT NULL,
    -- Null while it is not known how the write ended.
    remote_id  TEXT,
    PRIMARY KEY (connector, record_key)
);
CREATE INDEX remote_records_of_call ON remote_records (call_id);
CREATE INDEX deliveries_due_to ON deliveries (connector, due_at, id) WHERE state IN ('waiting', 'leased');
