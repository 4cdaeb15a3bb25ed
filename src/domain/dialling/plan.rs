//! Where a planned call is on its way, and which steps lead from there.
//!
//! The store carries these steps out in its own statements; the rules here are what they are tested against.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::domain::outreach::Urgency;
use crate::domain::values::CallId;

/// Where a planned call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// For its time, or for its turn.
    Waiting,
    /// Lent to one server that asks whether it may be placed.
    Leased,
    /// The carrier was, or is about to be, asked to ring. It stays so until the attempt has its outcome.
    Dialling,
    /// Somebody was spoken to.
    Done,
    Cancelled,
    /// Its time passed before anybody was reached.
    Expired,
    /// It may never be placed, or was tried often enough.
    GivenUp,
}

impl PlanState {
    /// In the order of a plan's life.
    pub const ALL: [Self; 7] =
        [Self::Waiting, Self::Leased, Self::Dialling, Self::Done, Self::Cancelled, Self::Expired, Self::GivenUp];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Leased => "leased",
            Self::Dialling => "dialling",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::GivenUp => "given_up",
        }
    }

    /// A final state never changes again.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Waiting | Self::Leased | Self::Dialling => false,
            Self::Done | Self::Cancelled | Self::Expired | Self::GivenUp => true,
        }
    }
}

/// The moving part of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanProgress {
    pub state: PlanState,
    /// Waiting: not leased sooner. Leased: when the lease runs out. Otherwise of no meaning.
    pub due_at: Timestamp,
    /// Rises with every lease. Who holds an older one can change nothing.
    pub fence: u64,
    /// Attempts begun.
    pub attempts: u32,
    /// The attempt under way, or the last.
    pub call: Option<CallId>,
}

impl PlanProgress {
    pub const fn new(not_before: Timestamp) -> Self {
        Self { state: PlanState::Waiting, due_at: not_before, fence: 0, attempts: 0, call: None }
    }

    /// Lends the plan until `until`. None: it is not due, or somebody has it.
    pub fn lease(&self, now: Timestamp, until: Timestamp) -> Option<Self> {
        let is_free = matches!(self.state, PlanState::Waiting | PlanState::Leased) && self.due_at <= now;
        is_free.then(|| Self { state: PlanState::Leased, due_at: until, fence: self.fence + 1, ..self.clone() })
    }

    /// The attempt `call` begins: from here on it must have an outcome before there is another.
    pub fn begin(&self, fence: u64, now: Timestamp, call: CallId) -> Option<Self> {
        self.holds(fence, now).then(|| Self {
            state: PlanState::Dialling,
            attempts: self.attempts + 1,
            call: Some(call),
            ..self.clone()
        })
    }

    /// Gives a lease back: to wait until `at`, or for good.
    pub fn give_back(&self, fence: u64, now: Timestamp, state: PlanState, at: Timestamp) -> Option<Self> {
        self.holds(fence, now).then(|| Self { state, due_at: at, ..self.clone() })
    }

    /// What follows the outcome of the attempt `call`.
    pub fn settle(&self, call: CallId, state: PlanState, at: Timestamp) -> Option<Self> {
        let is_its_attempt = self.state == PlanState::Dialling && self.call == Some(call);
        is_its_attempt.then(|| Self { state, due_at: at, ..self.clone() })
    }

    /// Ends a plan that nobody has dialled.
    pub fn withdraw(&self, state: PlanState) -> Option<Self> {
        matches!(self.state, PlanState::Waiting | PlanState::Leased).then(|| Self { state, ..self.clone() })
    }

    fn holds(&self, fence: u64, now: Timestamp) -> bool {
        self.state == PlanState::Leased && self.fence == fence && now < self.due_at
    }
}

/// What decides between two plans that are both due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    pub urgency: Urgency,
    pub expires_at: Timestamp,
    pub id: &'a str,
}

/// Less is dialled first: the more urgent, then what is worthless sooner, then what was planned earlier.
pub fn compare_standing(one: &Standing<'_>, other: &Standing<'_>) -> Ordering {
    let by_urgency = other.urgency.cmp(&one.urgency);
    by_urgency.then_with(|| (one.expires_at, one.id).cmp(&(other.expires_at, other.id)))
}
