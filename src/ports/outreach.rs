//! Where decisions about whom to tell are kept, with all that they rest on, and who takes a planned call.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::{Page, StoreError};
use crate::domain::orders::OrderRef;
use crate::domain::outreach::policy::{Consent, Contacts};
use crate::domain::outreach::rules::{DecisionView, Signals};
use crate::domain::outreach::{Channel, Hold, PlannedCall, PlannedMessage};
use crate::domain::values::{Personal, PhoneNumber};

/// Takes planned calls, to make them when they may be made.
#[async_trait]
pub trait PlannedCallStore: Send + Sync {
    /// Puts a call into the queue. The same key again changes nothing.
    async fn plan(&self, call: &PlannedCall) -> Result<(), StoreError>;
    /// Takes a call out of the queue, unless it is being made or was made. An unknown key changes nothing.
    async fn cancel(&self, key: &str, hold: Hold) -> Result<(), StoreError>;
}

/// A decision that is to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDecision {
    pub view: DecisionView,
    /// The customer's.
    pub phone: PhoneNumber,
    /// With a call that was planned.
    pub plan: Option<PlannedCall>,
}

/// A consent, or its end, with its proof.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentEntry {
    pub consent: Consent,
    pub at: Timestamp,
    /// The name of the token that set it.
    pub set_by: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    Waiting,
    Leased,
    Sent,
    /// Not sent, for good: refused, overtaken or too late.
    GivenUp,
    /// Handed over, and the answer was lost: it may have been sent, and is not sent again.
    Unknown,
}

/// A message and what has become of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredMessage {
    pub id: String,
    pub planned: PlannedMessage,
    pub state: MessageState,
    pub attempts: u32,
    pub body: Option<Personal<String>>,
    pub provider_id: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub last_error: Option<String>,
}

/// A message lent to one sender. Without the token nobody can settle it.
#[derive(Clone, Debug, PartialEq)]
pub struct LeasedMessage {
    pub message: StoredMessage,
    pub token: String,
}

/// How one try to send a message ended.
#[derive(Clone, Debug, PartialEq)]
pub enum MessageSettlement {
    Sent { body: Personal<String>, provider_id: Option<String> },
    RetryAt { at: Timestamp, error: String },
    GivenUp { error: String },
    Unknown { body: Personal<String> },
}

/// What decisions rest on, and what came of them.
#[async_trait]
pub trait OutreachStore: Send + Sync {
    /// What is known about a number, as it is at this moment: nothing of it may be remembered from before.
    async fn contacts_of(
        &self,
        phone: &PhoneNumber,
        order_ref: &OrderRef,
        now: Timestamp,
    ) -> Result<Contacts, StoreError>;
    /// Calls to a number that are planned and whose time has not passed, oldest first.
    async fn waiting_plans(&self, phone: &PhoneNumber, now: Timestamp) -> Result<Vec<PlannedCall>, StoreError>;
    async fn is_decided(&self, event_key: &str) -> Result<bool, StoreError>;

    /// Keeps a decision with the message that came of it, in one transaction. False: the event was decided before, and
    /// nothing is changed.
    async fn put_decision(&self, decision: &NewDecision, message: Option<&PlannedMessage>) -> Result<bool, StoreError>;
    /// A plan is no longer waiting.
    async fn forget_plan(&self, event_key: &str) -> Result<(), StoreError>;
    /// Newest first: all, or those of one order.
    async fn list_decisions(
        &self,
        order_ref: Option<&OrderRef>,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<DecisionView>, StoreError>;

    /// Forgets decisions, and messages that are settled, of before. Returns how many.
    async fn forget_outreach(&self, before: Timestamp) -> Result<u64, StoreError>;

    async fn signals(&self, order_ref: &OrderRef) -> Result<Signals, StoreError>;
    async fn put_signals(&self, order_ref: &OrderRef, signals: &Signals, at: Timestamp) -> Result<(), StoreError>;

    /// Adds numbers to a do-not-call list. It counts at once.
    async fn add_do_not_call(&self, list: &str, numbers: &[PhoneNumber], at: Timestamp) -> Result<u64, StoreError>;
    /// Forgets a whole list.
    async fn drop_do_not_call(&self, list: &str) -> Result<u64, StoreError>;
    /// Each list and how many numbers it has, by name.
    async fn lists_not_to_call(&self) -> Result<Vec<(String, u64)>, StoreError>;

    async fn put_consent(&self, phone: &PhoneNumber, entry: &ConsentEntry) -> Result<(), StoreError>;
    async fn consent_of(&self, phone: &PhoneNumber) -> Result<Option<ConsentEntry>, StoreError>;

    /// Orders with a parcel under way, by their references, those after `after`.
    async fn orders_under_way(&self, after: &str, count_max: u32) -> Result<Vec<OrderRef>, StoreError>;

    /// Keeps a message that is to be sent beside any decision. The same key again changes nothing.
    async fn put_message(&self, message: &PlannedMessage) -> Result<(), StoreError>;
    /// Lends due messages, oldest first.
    async fn lease_messages(
        &self,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<LeasedMessage>, StoreError>;
    /// Errors: [`StoreError::NotFound`] when the lease has run out or passed to another sender.
    async fn settle_message(
        &self,
        lease: &LeasedMessage,
        now: Timestamp,
        settlement: &MessageSettlement,
    ) -> Result<(), StoreError>;
    /// Newest first.
    async fn messages_of_order(&self, order_ref: &OrderRef, count_max: u32) -> Result<Vec<StoredMessage>, StoreError>;
}

impl MessageState {
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Leased, Self::Sent, Self::GivenUp, Self::Unknown];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Leased => "leased",
            Self::Sent => "sent",
            Self::GivenUp => "given_up",
            Self::Unknown => "unknown",
        }
    }
}

/// The channel of its name, as it is stored.
pub fn channel_named(name: &str) -> Option<Channel> {
    Channel::ALL.into_iter().find(|channel| channel.as_str() == name)
}
