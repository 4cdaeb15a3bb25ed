//! Calls that are to be made: the durable queue of plans, their attempts, and who may be called.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::{Page, StoreError};
use crate::domain::call::{OpenedCall, OutcomeRecord};
use crate::domain::dialling::{AttemptClass, Earlier, HourCounts, PlanProgress, PlanState};
use crate::domain::orders::{Order, OrderRef};
use crate::domain::outreach::PlannedCall;
use crate::domain::outreach::policy::{CallRules, Ruling};
use crate::domain::values::{CallId, PhoneNumber};

/// Says whether a call may be placed, and what holds within it.
#[async_trait]
pub trait MayCall: Send + Sync {
    /// `order` is as it is now.
    ///
    /// Order: asked right before the carrier is.
    /// Errors: the store cannot be asked; the call is then not placed.
    async fn may_call(&self, plan: &PlannedCall, order: &Order, now: Timestamp) -> Result<Ruling, StoreError>;

    /// What holds within a call to a number about an order.
    fn rules_for(&self, to: &PhoneNumber, order: &Order) -> CallRules;

    /// What holds within a call that comes in; none where the number is withheld.
    fn rules_of_caller(&self, caller: Option<&PhoneNumber>) -> CallRules;

    /// Which rules these are, as records name them.
    fn version(&self) -> &str;
}

/// A call to be put into the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPlan {
    pub call: PlannedCall,
    /// The campaign's id, for a call of one.
    pub campaign: Option<String>,
}

/// A call in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPlan {
    pub id: String,
    pub call: PlannedCall,
    pub campaign: Option<String>,
    pub progress: PlanProgress,
    /// What it waits for or how it ended: a hold such as `quiet_hours`, or an attempt's class such as `busy`.
    pub why: Option<String>,
    pub changed_at: Timestamp,
}

/// A plan lent to one server. Its fence and time are checked by every write under it.
#[derive(Clone, Debug, PartialEq)]
pub struct LeasedPlan {
    pub plan: StoredPlan,
    /// When its turn on the trunk comes. Not dialled sooner.
    pub dial_at: Timestamp,
}

/// What may be lent, over one trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseLimits {
    pub lease: Duration,
    /// What this server has room for.
    pub count_max: u32,
    /// Calls a second over the trunk, of all servers together.
    pub per_second: u32,
    /// Plans leased and dialling over the trunk at once, of all servers together.
    pub at_once_max: u32,
}

/// An attempt, as it is written before the carrier is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct BegunAttempt {
    pub opened: OpenedCall,
    /// SHA-256 of the token in the webhook URLs: it finds the attempt again after a restart.
    pub token_hash: String,
    /// The hour of the callee's day.
    pub local_hour: u8,
}

/// An attempt of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAttempt {
    pub plan: StoredPlan,
    pub opened: OpenedCall,
    pub attempt_no: u32,
    pub is_answered: bool,
    /// Whether it has its outcome.
    pub has_ended: bool,
    /// Whether it belongs to this server.
    pub is_own: bool,
}

/// An attempt that has its outcome, of a plan that has not been told.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedAttempt {
    pub plan: StoredPlan,
    pub outcome: OutcomeRecord,
    pub ended_at: Timestamp,
    pub local_hour: u8,
    pub earlier: Vec<Earlier>,
}

/// What follows an attempt, written together with its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanSettlement {
    pub class: AttemptClass,
    pub state: PlanState,
    /// When the next try is due; of no meaning at the end.
    pub due_at: Timestamp,
}

/// Which plans are listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanFilter {
    pub campaign: Option<String>,
    pub state: Option<PlanState>,
}

/// A call back that a customer was promised and that no plan has been made for.
#[derive(Clone, Debug, PartialEq)]
pub struct CallbackWish {
    pub request: String,
    pub order_ref: Option<OrderRef>,
    /// The customer's number in the call in which it was promised.
    pub phone: Option<PhoneNumber>,
    /// That call's outcome, which holds the minute.
    pub outcome: OutcomeRecord,
}

/// Whether a campaign is dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    Running,
    /// Nothing new is dialled; calls in the air go on.
    Paused,
    Cancelled,
}

impl CampaignState {
    pub const ALL: [Self; 3] = [Self::Running, Self::Paused, Self::Cancelled];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One reason to call, for many orders.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    pub id: String,
    pub name: String,
    pub scenario: String,
    pub state: CampaignState,
    pub from: Timestamp,
    pub until: Timestamp,
    pub created_at: Timestamp,
    /// The name of the token.
    pub created_by: String,
}

/// Plans and their attempts. Every write is safe to repeat; none can be made by two.
#[async_trait]
pub trait PlanStore: Send + Sync {
    /// Puts plans into the queue; those whose key is known are left as they are. Returns how many are new.
    async fn put_plans(&self, plans: &[NewPlan], now: Timestamp) -> Result<u64, StoreError>;

    /// Lends due plans, by [`compare_standing`](crate::domain::dialling::compare_standing); of one number one at a
    /// time, and none while that number is being dialled.
    async fn lease_plans(
        &self,
        trunk: &str,
        now: Timestamp,
        limits: &LeaseLimits,
    ) -> Result<Vec<LeasedPlan>, StoreError>;

    /// Gives a plan back: to wait until `at`, or for good.
    ///
    /// Errors: [`StoreError::NotFound`] when the lease has run out or passed to another server.
    async fn give_back(
        &self,
        lease: &LeasedPlan,
        now: Timestamp,
        to: (PlanState, Timestamp),
        why: &str,
    ) -> Result<(), StoreError>;

    /// Writes an attempt and its call, in one transaction. Returns its number.
    ///
    /// Order: before the carrier is asked.
    /// Errors: [`StoreError::NotFound`] when the lease has run out or the plan was paused or cancelled: the carrier
    /// must not be asked.
    async fn begin_attempt(
        &self,
        lease: &LeasedPlan,
        now: Timestamp,
        attempt: &BegunAttempt,
    ) -> Result<u32, StoreError>;

    /// Notes what the carrier calls the call. False: that name is taken, by this call or by another.
    async fn note_placed(&self, call: CallId, provider_call_id: &str) -> Result<bool, StoreError>;
    /// Notes that it was picked up: from here on its conversation makes the outcome.
    async fn note_answered(&self, call: CallId, at: Timestamp) -> Result<(), StoreError>;

    async fn attempt_by_token(&self, token_hash: &str) -> Result<Option<StoredAttempt>, StoreError>;
    async fn attempt(&self, call: CallId) -> Result<Option<StoredAttempt>, StoreError>;

    /// Makes the attempts that ring and whose server has not been heard of since `seen_since` this server's own, and
    /// this one if it is given, whoever has it. Returns how many.
    async fn adopt_attempts(&self, seen_since: Timestamp, also: Option<CallId>) -> Result<u64, StoreError>;
    /// Attempts of this server that were neither answered nor ended.
    async fn own_ringing(&self, count_max: u32) -> Result<Vec<CallId>, StoreError>;

    /// Oldest first.
    async fn ended_attempts(&self, count_max: u32) -> Result<Vec<EndedAttempt>, StoreError>;
    /// Writes what follows an attempt. False: somebody else has.
    async fn settle_plan(
        &self,
        ended: &EndedAttempt,
        now: Timestamp,
        settlement: &PlanSettlement,
    ) -> Result<bool, StoreError>;

    /// Ends plans that nobody has dialled and whose time has passed. Returns how many.
    async fn expire_plans(&self, now: Timestamp) -> Result<u64, StoreError>;
    /// Ends one that nobody is dialling.
    ///
    /// Errors: [`StoreError::NotFound`], or [`StoreError::Conflict`] when it is being dialled or has ended.
    async fn cancel_plan(&self, id: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Deletes plans that ended before `before`, with their attempts. Returns how many.
    async fn forget_plans(&self, before: Timestamp) -> Result<u64, StoreError>;

    async fn next_plan_at(&self) -> Result<Option<Timestamp>, StoreError>;
    /// Of all plans, or of one campaign's; states without plans are left out.
    async fn count_plans(&self, campaign: Option<&str>) -> Result<Vec<(PlanState, u64)>, StoreError>;
    /// Newest first.
    async fn list_plans(
        &self,
        filter: &PlanFilter,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<StoredPlan>, StoreError>;

    /// Attempts and people reached by the hour of the callee's day.
    async fn hour_counts(&self) -> Result<HourCounts, StoreError>;
    /// Call backs promised since `since`, newest first.
    async fn callbacks_wished(&self, since: Timestamp, count_max: u32) -> Result<Vec<CallbackWish>, StoreError>;
    /// Notes at the desk that a promised call back has been made.
    async fn note_callback_made(&self, request: &str, at: Timestamp) -> Result<(), StoreError>;
}

/// Campaigns.
#[async_trait]
pub trait CampaignStore: Send + Sync {
    /// Writes a campaign and its plans in one transaction. Returns how many plans are new.
    async fn put_campaign(&self, campaign: &Campaign, plans: &[NewPlan]) -> Result<u64, StoreError>;
    async fn campaign(&self, id: &str) -> Result<Option<Campaign>, StoreError>;
    /// Newest first.
    async fn list_campaigns(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<Campaign>, StoreError>;
    /// Pauses, resumes or cancels, plans that nobody is dialling included.
    ///
    /// Errors: [`StoreError::NotFound`], or [`StoreError::Conflict`] for one that was cancelled.
    async fn set_campaign_state(&self, id: &str, state: CampaignState, now: Timestamp) -> Result<(), StoreError>;
}
