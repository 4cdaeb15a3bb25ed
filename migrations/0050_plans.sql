-- Calls that are to be made, each of their attempts, and the campaigns they belong to.

CREATE TABLE campaigns (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    scenario   TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    from_at    BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL
);
CREATE INDEX campaigns_by_age ON campaigns (created_at, id);

CREATE TABLE plans (
    id          TEXT   NOT NULL PRIMARY KEY,
    -- Equal keys are one plan.
    key         TEXT   NOT NULL UNIQUE,
    campaign_id TEXT,
    order_ref   TEXT   NOT NULL,
    scenario    TEXT   NOT NULL,
    to_phone    TEXT   NOT NULL,
    -- 0 low to 3 now.
    urgency     BIGINT NOT NULL,
    planned_at  BIGINT NOT NULL,
    not_before  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    rule        TEXT   NOT NULL,
    policy      TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    -- 1 while its campaign is paused.
    is_held     BIGINT NOT NULL,
    -- Waiting: not leased sooner. Leased: when the lease runs out. Otherwise of no meaning.
    due_at      BIGINT NOT NULL,
    -- Rises with every lease; a write under an older one changes nothing.
    fence       BIGINT NOT NULL,
    trunk       TEXT,
    attempts    BIGINT NOT NULL,
    -- The attempt under way, or the last.
    call_id     TEXT,
    why         TEXT,
    changed_at  BIGINT NOT NULL
);
CREATE INDEX plans_by_standing ON plans (urgency DESC, expires_at, id) WHERE state IN ('waiting', 'leased');
CREATE INDEX plans_due ON plans (due_at) WHERE state IN ('waiting', 'leased');
CREATE INDEX plans_expiring ON plans (expires_at) WHERE state IN ('waiting', 'leased');
CREATE INDEX plans_in_the_air ON plans (state, call_id) WHERE state IN ('leased', 'dialling');
CREATE INDEX plans_of_phone ON plans (to_phone, state);
CREATE INDEX plans_of_campaign ON plans (campaign_id, state);
CREATE INDEX plans_by_age ON plans (planned_at, id);

CREATE TABLE plan_attempts (
    -- Its call: the attempt's one outcome is the call's.
    call_id          TEXT   NOT NULL PRIMARY KEY,
    plan_id          TEXT   NOT NULL REFERENCES plans (id),
    attempt_no       BIGINT NOT NULL,
    -- SHA-256 of the token in the carrier's webhooks.
    token_hash       TEXT   NOT NULL UNIQUE,
    dialled_at       BIGINT NOT NULL,
    -- The hour of the callee's day.
    local_hour       BIGINT NOT NULL,
    answered_at      BIGINT,
    -- What came of it; null until the plan has been told.
    class            TEXT,
    has_reached      BIGINT,
    settled_at       BIGINT,
    UNIQUE (plan_id, attempt_no)
);
CREATE INDEX plan_attempts_by_hour ON plan_attempts (local_hour, has_reached);
CREATE INDEX plan_attempts_ringing ON plan_attempts (call_id) WHERE answered_at IS NULL AND settled_at IS NULL;

-- A trunk's next free turn, and the lock under which turns are given out.
CREATE TABLE trunks (
    name    TEXT   NOT NULL PRIMARY KEY,
    next_at BIGINT NOT NULL
);
