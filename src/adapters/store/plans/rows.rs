//! Plans, attempts and campaigns as rows.

use crate::adapters::store::calls::{decode_direction, decode_json, decode_time};
use crate::adapters::store::error::unreadable;
use crate::adapters::store::page::Position;
use crate::domain::call::{CallDirection, OpenedCall};
use crate::domain::dialling::{PlanProgress, PlanState};
use crate::domain::orders::OrderRef;
use crate::domain::outreach::{PlannedCall, Urgency};
use crate::domain::values::PhoneNumber;
use crate::ports::dialling::{EndedAttempt, StoredAttempt, StoredPlan};
use crate::ports::store::StoreError;

#[derive(sqlx::FromRow)]
pub(in crate::adapters::store) struct PlanRow {
    id: String,
    key: String,
    campaign_id: Option<String>,
    order_ref: String,
    scenario: String,
    to_phone: String,
    urgency: i64,
    planned_at: i64,
    told_at: Option<i64>,
    not_before: i64,
    expires_at: i64,
    rule: String,
    policy: String,
    state: String,
    due_at: i64,
    fence: i64,
    attempts: i64,
    call_id: Option<String>,
    why: Option<String>,
    changed_at: i64,
}

#[derive(sqlx::FromRow)]
pub(in crate::adapters::store) struct AttemptRow {
    pub(super) attempt_call_id: String,
    attempt_no: i64,
    answered_at: Option<i64>,
    node_id: Option<String>,
    call_state: String,
    #[sqlx(flatten)]
    plan: PlanRow,
}

#[derive(sqlx::FromRow)]
pub(in crate::adapters::store) struct EndedRow {
    local_hour: i64,
    outcome: String,
    ended_at: i64,
    #[sqlx(flatten)]
    plan: PlanRow,
}

#[derive(sqlx::FromRow)]
pub(in crate::adapters::store) struct CallbackRow {
    pub(super) id: String,
    pub(super) order_ref: Option<String>,
    direction: String,
    from_phone: Option<String>,
    to_phone: Option<String>,
    pub(super) outcome: String,
}

impl PlanRow {
    pub(super) fn position(&self) -> Position {
        Position { at_ms: self.planned_at, id: self.id.clone() }
    }
}

impl CallbackRow {
    pub(super) fn customer_number(&self) -> Result<Option<PhoneNumber>, StoreError> {
        let number = match decode_direction(&self.direction)? {
            CallDirection::Inbound => &self.from_phone,
            CallDirection::Outbound => &self.to_phone,
        };
        number.as_ref().map(|number| number.parse().map_err(|_| unreadable())).transpose()
    }
}

const URGENCIES: [Urgency; 4] = [Urgency::Low, Urgency::Normal, Urgency::High, Urgency::Now];

pub(super) const fn encode_urgency(urgency: Urgency) -> i64 {
    match urgency {
        Urgency::Low => 0,
        Urgency::Normal => 1,
        Urgency::High => 2,
        Urgency::Now => 3,
    }
}

pub(super) fn decode_state(code: &str) -> Result<PlanState, StoreError> {
    PlanState::ALL.into_iter().find(|state| state.as_str() == code).ok_or_else(unreadable)
}

pub(super) fn decode_count(count: i64) -> Result<u64, StoreError> {
    u64::try_from(count).map_err(|_| unreadable())
}

pub(super) fn encode_count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn decode_hour(hour: i64) -> Result<u8, StoreError> {
    u8::try_from(hour).map_err(|_| unreadable())
}

pub(super) fn decode_plan(row: PlanRow) -> Result<StoredPlan, StoreError> {
    let urgency = URGENCIES.into_iter().find(|urgency| encode_urgency(*urgency) == row.urgency);
    Ok(StoredPlan {
        call: PlannedCall {
            key: row.key,
            order_ref: OrderRef(row.order_ref),
            scenario: row.scenario,
            to: row.to_phone.parse().map_err(|_| unreadable())?,
            urgency: urgency.ok_or_else(unreadable)?,
            planned_at: decode_time(row.planned_at)?,
            told_at: row.told_at.map(decode_time).transpose()?,
            not_before: decode_time(row.not_before)?,
            expires_at: decode_time(row.expires_at)?,
            rule: row.rule,
            policy: row.policy,
        },
        progress: PlanProgress {
            state: decode_state(&row.state)?,
            due_at: decode_time(row.due_at)?,
            fence: decode_count(row.fence)?,
            attempts: u32::try_from(row.attempts).map_err(|_| unreadable())?,
            call: row.call_id.map(|call| call.parse()).transpose().map_err(|_| unreadable())?,
        },
        id: row.id,
        campaign: row.campaign_id,
        why: row.why,
        changed_at: decode_time(row.changed_at)?,
    })
}

pub(super) fn decode_attempt(row: AttemptRow, opened: OpenedCall, node: &str) -> Result<StoredAttempt, StoreError> {
    Ok(StoredAttempt {
        opened,
        attempt_no: u32::try_from(row.attempt_no).map_err(|_| unreadable())?,
        is_answered: row.answered_at.is_some(),
        has_ended: row.call_state != "in_progress",
        is_own: row.node_id.as_deref() == Some(node),
        plan: decode_plan(row.plan)?,
    })
}

pub(super) fn decode_ended(row: EndedRow) -> Result<EndedAttempt, StoreError> {
    Ok(EndedAttempt {
        outcome: decode_json(&row.outcome)?,
        ended_at: decode_time(row.ended_at)?,
        local_hour: decode_hour(row.local_hour)?,
        earlier: Vec::new(),
        plan: decode_plan(row.plan)?,
    })
}
