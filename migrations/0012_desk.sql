-- What callers asked for, as work of the shop's staff: who has taken it, whether what was promised was kept.

-- How a person comes to it: 'callback', 'ticket', or null when nobody has to.
ALTER TABLE requests ADD COLUMN way TEXT;
ALTER TABLE requests ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting';
ALTER TABLE requests ADD COLUMN handled_by TEXT;
ALTER TABLE requests ADD COLUMN changed_at BIGINT;
ALTER TABLE requests ADD COLUMN promise TEXT NOT NULL DEFAULT 'open';
ALTER TABLE requests ADD COLUMN settled_at BIGINT;
UPDATE requests SET way = 'callback' WHERE kind IN ('address_change', 'contact_change', 'not_ordered',
    'payment_question', 'human_callback', 'language_callback', 'urgent_need');
UPDATE requests SET way = 'ticket' WHERE way IS NULL AND kind NOT IN ('reschedule', 'call_before', 'delivery_note',
    'leave_safe_place', 'leave_with_neighbour', 'leave_with_guard', 'alternate_recipient', 'pickup', 'hold_at_depot',
    'callback', 'opt_out_scope');
CREATE INDEX requests_by_age ON requests (requested_at, id);
CREATE INDEX requests_of_order ON requests (order_ref);

CREATE TABLE request_notes (
    id         TEXT   NOT NULL PRIMARY KEY,
    request_id TEXT   NOT NULL REFERENCES requests (id),
    at         BIGINT NOT NULL,
    written_by TEXT   NOT NULL,
    text       TEXT   NOT NULL
);
CREATE INDEX request_notes_of_request ON request_notes (request_id, id);

-- 'all', or 'this_order' and which.
ALTER TABLE opt_outs ADD COLUMN scope TEXT NOT NULL DEFAULT 'all';
ALTER TABLE opt_outs ADD COLUMN order_ref TEXT;
-- The token that set it; null when it was said in a call.
ALTER TABLE opt_outs ADD COLUMN set_by TEXT;

-- The order the call was about, once it has ended.
ALTER TABLE calls ADD COLUMN order_ref TEXT;
CREATE INDEX calls_of_order ON calls (order_ref, started_at);
CREATE INDEX calls_from ON calls (from_phone, started_at);
CREATE INDEX calls_to ON calls (to_phone, started_at);
