-- Promises that come due, and where people found the agent wrong.

-- When an open promise was handed on, because its time had come near.
ALTER TABLE requests ADD COLUMN handed_on_at BIGINT;
CREATE INDEX promises_open ON requests (due_at, id) WHERE promise = 'open';

-- By whom the agent was marked wrong, when and about what; null where nobody did.
ALTER TABLE requests ADD COLUMN wrong_at BIGINT;
ALTER TABLE requests ADD COLUMN wrong_by TEXT;
ALTER TABLE requests ADD COLUMN wrong_why TEXT;
