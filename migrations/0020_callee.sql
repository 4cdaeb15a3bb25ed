-- The last call of ours to a number: what a caller who missed it rings back about.
CREATE INDEX calls_to_callee ON calls (to_phone, started_at) WHERE direction = 'outbound';
