-- Who or what picked up a call of ours: what told it, and what the call took it for. JSON.
ALTER TABLE calls ADD COLUMN pick_up TEXT NOT NULL DEFAULT '{}';
