-- Live calls on their way to a person, as any server can take them up.

CREATE TABLE transfers (
    id               TEXT   NOT NULL PRIMARY KEY,
    call_id          TEXT   NOT NULL,
    -- The wish at the desk that it is to settle.
    request_id       TEXT   NOT NULL,
    provider         TEXT   NOT NULL,
    -- What the carrier calls the customer's line.
    provider_call_id TEXT   NOT NULL,
    -- Everything else: who is rung, how far it is, the card, what is said.
    record           TEXT   NOT NULL,
    -- Where it stands, or how it ended.
    stage            TEXT   NOT NULL,
    -- Rises with every fact, so that of two servers one wins.
    version          BIGINT NOT NULL,
    begun_at         BIGINT NOT NULL,
    -- When it wants to be woken. Null once it has ended.
    due_at           BIGINT
);
CREATE INDEX transfers_due ON transfers (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX transfers_of_call ON transfers (call_id);
CREATE INDEX transfers_of_request ON transfers (request_id);
CREATE INDEX transfers_of_line ON transfers (provider_call_id);

-- Where the transfer of the request stands, or how it ended. Null: the call was never put through.
ALTER TABLE requests ADD COLUMN transfer TEXT;
