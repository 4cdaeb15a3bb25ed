//! A call that somebody decided to make and nobody has placed yet.

use jiff::Timestamp;

use crate::domain::orders::OrderRef;
use crate::domain::values::PhoneNumber;

/// Which of several waiting calls is placed first. The last named is the most urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Any time within its days: a review, a survey.
    Low,
    /// News that keeps until the evening.
    Normal,
    /// A decision is awaited today: a failed attempt, cash on delivery before dispatch.
    High,
    /// Worthless within hours: the rider is on the way; a call back at a promised minute.
    Now,
}

/// One call that is to be made, if it may.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PlannedCall {
    /// Equal keys are one plan, however often it is made: the same event twice plans one call.
    pub key: String,
    pub order_ref: OrderRef,
    /// The scenario's name, such as `failed_attempt`.
    pub scenario: String,
    pub to: PhoneNumber,
    pub urgency: Urgency,
    pub planned_at: Timestamp,
    /// When the news came in that it rests on; none where no news did.
    #[serde(default)]
    pub told_at: Option<Timestamp>,
    /// Not placed sooner.
    pub not_before: Timestamp,
    /// Not placed later: the news is stale then, and the plan ends as expired.
    pub expires_at: Timestamp,
    /// The rule that asked for it.
    pub rule: String,
    /// The version of the rules and policies by which it was decided.
    pub policy: String,
}
