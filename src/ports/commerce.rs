//! Shops and carriers: what they tell, and what they are asked to do.
//!
//! A source has two faces. [`CommerceSource`] checks and reads what comes in, and fetches what does not come by itself;
//! [`CommerceActions`] carries out what customers asked for.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::{Page, StoreError};
use super::telephony::WebhookRequest;
use crate::domain::call::EscalationWay;
use crate::domain::orders::actions::{Action, ActionKind};
use crate::domain::orders::incoming::{CommerceEvent, OrderChange};
use crate::domain::orders::{Order, OrderRef};
use crate::domain::values::{CallId, Personal};

/// One message of a source, checked and read.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The vendor's id of the message. The same id again is the same message, and changes nothing.
    pub event_id: String,
    /// What it says. Empty when it is about something that is not kept here.
    pub events: Vec<CommerceEvent>,
    /// Codes in it that no table has.
    pub unknown_codes: Vec<String>,
    /// Orders in it that cannot be kept, each with the reason: without a number nobody can be called.
    pub unusable: Vec<&'static str>,
}

/// Why a message is turned away. Nothing of it is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeRefused {
    #[error("signature missing or wrong; check this source's secret")]
    BadSignature,
    #[error("signed too long ago, or in the future; check the clocks")]
    Stale,
    #[error("not what this source sends: {reason}")]
    BadRequest { reason: String },
}

/// How far a source's messages can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Signed over the whole message, or the source's answer to a question of ours.
    Signed,
    /// Only a word that both know goes with it: a hint. Its source is asked before anybody is called.
    Hinted,
}

/// What a source is asked for when it does not tell by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullKind {
    /// Nothing: it tells by itself.
    None,
    /// Orders that changed since a moment.
    Orders,
    /// The whereabouts of parcels, by number.
    Parcels,
}

/// A question to a source.
#[derive(Clone, Debug, PartialEq)]
pub enum Pull {
    OrdersSince(Timestamp),
    /// Shape: at most [`PARCELS_AT_ONCE_MAX`].
    Parcels(Vec<String>),
}

/// Source: Delhivery and Shiprocket answer for 50 parcels at most.
pub const PARCELS_AT_ONCE_MAX: usize = 50;

/// Why a source did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error("the source is unavailable, try again later: {reason}")]
    Unavailable { reason: String, retry_after: Option<Duration> },
    #[error("the source refused: {reason}")]
    Refused { reason: String },
}

/// One configured shop or carrier.
#[async_trait]
pub trait CommerceSource: Send + Sync {
    /// The configured name: its place under `/webhooks/`, and what its reports bear.
    fn name(&self) -> &str;

    /// How far its webhooks can be believed.
    fn trust(&self) -> Trust;

    /// Checks that a message comes from the source, and reads it.
    fn read_webhook(&self, request: &WebhookRequest, now: Timestamp) -> Result<Notice, NoticeRefused>;

    fn pulls(&self) -> PullKind;

    /// Asks. Errors: `Refused` for a question that this source has no answer to.
    async fn pull(&self, ask: &Pull) -> Result<Vec<Notice>, SourceError>;

    /// Checks credentials and reachability, for `doorstep check`. Without a token there is nothing to check.
    async fn check(&self) -> Result<&'static str, SourceError>;
}

/// What a source needs to know of the order it is asked to change.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionSubject {
    pub order: Order,
    /// The source's own id of the order, where it told one.
    pub vendor_order_id: Option<String>,
    /// The parcel in question, where there is one.
    pub tracking_number: Option<String>,
    /// Attempts begun, the present one included. From the second on it may have been done before.
    pub attempt: u32,
}

/// An action that a source has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionTaken {
    /// The source's own number of it.
    pub reference: Option<String>,
}

/// Why an action was not taken, or is not known to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// It has certainly not been taken.
    #[error("the source is unavailable, try again later: {reason}")]
    Unavailable { reason: String, retry_after: Option<Duration> },
    #[error("the source refused: {reason}")]
    Refused { reason: String },
    /// It may or may not have been taken.
    #[error("no answer came: {reason}")]
    OutcomeUnknown { reason: String },
}

/// What a source can be asked to do.
#[async_trait]
pub trait CommerceActions: Send + Sync {
    /// The configured name of the source.
    fn name(&self) -> &str;

    /// Whether it has an interface for this at all. If not, the request stays a task of the shop.
    fn can(&self, kind: ActionKind) -> bool;

    /// Whether this source carries out what concerns whole orders, or what concerns parcels.
    fn scope(&self) -> ActionScope;

    /// Acts. The same action again is one action on the other side.
    async fn act(&self, action: &Action, subject: &ActionSubject) -> Result<ActionTaken, ActionError>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionScope {
    /// Orders that it has told of.
    Orders,
    /// Whole orders, whoever told of them.
    AnyOrder,
    Parcels,
}

/// What became of a message that was handed to the store.
#[derive(Clone, Debug, PartialEq)]
pub enum TakenIn {
    /// It came before.
    Repeated,
    /// Kept: what has become different by it, and how much of it waits for an order that is not known yet.
    Kept { changes: Vec<OrderChange>, parked: usize },
}

/// Where messages become orders.
#[async_trait]
pub trait CommerceStore: Send + Sync {
    /// Takes a message in, whole or not at all, and with it what has become different, to be decided about. The same
    /// message again changes nothing. An order that turns out to be paid in advance is noted at the link that was sent
    /// for it, and told to whoever was told of the call.
    async fn take_in(&self, source: &str, trust: Trust, notice: &Notice, now: Timestamp)
    -> Result<TakenIn, StoreError>;

    /// Parcels that are not at their end and that `source` reported on, with no event since `quiet_since`, the longest
    /// unheard of first. Where `source` is the carrier's name, its parcels count as well.
    async fn quiet_parcels(
        &self,
        carriers: &[String],
        quiet_since: Timestamp,
        count_max: u32,
    ) -> Result<Vec<String>, StoreError>;

    /// When the newest message of a source was taken in.
    async fn last_taken_in(&self, source: &str) -> Result<Option<Timestamp>, StoreError>;

    /// Forgets message ids and waiting events older than `before`; returns how many.
    async fn sweep_messages(&self, before: Timestamp) -> Result<u64, StoreError>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    Waiting,
    Leased,
    /// The source has taken it.
    Taken,
    /// The source will not: it is a task of the shop now.
    Refused,
    /// Nobody knows; a person has to look.
    Unknown,
}

/// A recorded request for which nobody has planned yet what a source is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct UnplannedRequest {
    pub id: String,
    pub call: CallId,
    pub kind: String,
    pub way: Option<EscalationWay>,
    pub order_ref: Option<OrderRef>,
    pub details: Vec<(String, Personal<String>)>,
    pub requested_at: Timestamp,
}

/// An order, and what its sources call it.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownOrder {
    pub order: Order,
    /// Name of the source, and its own id of the order.
    pub vendor_ids: Vec<(String, String)>,
}

/// What a source is to do because of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedAction {
    pub source: String,
    pub kind: ActionKind,
    pub tracking_number: Option<String>,
}

/// An action on its way to a source.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAction {
    pub id: String,
    pub request_id: String,
    pub source: String,
    pub kind: ActionKind,
    pub order_ref: Option<OrderRef>,
    pub tracking_number: Option<String>,
    pub state: ActionState,
    pub attempts: u32,
    /// The source's own number of it.
    pub reference: Option<String>,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
    /// Of a link to pay by: when it was told that the order is paid.
    pub paid_at: Option<Timestamp>,
}

/// An action lent to one worker. Without the token nobody can settle it.
#[derive(Clone, Debug, PartialEq)]
pub struct LeasedAction {
    pub action: StoredAction,
    pub request: UnplannedRequest,
    pub token: String,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionSettlement {
    Taken { reference: Option<String> },
    Refused { error: String },
    Unknown { error: String },
    RetryAt { at: Timestamp, error: String },
}

/// Where actions wait until their source has taken them.
#[async_trait]
pub trait ActionStore: Send + Sync {
    /// Oldest first.
    async fn unplanned_requests(&self, count_max: u32) -> Result<Vec<UnplannedRequest>, StoreError>;

    async fn known_order(&self, order_ref: &OrderRef) -> Result<Option<KnownOrder>, StoreError>;

    /// Keeps what is to be done for a request, once. Doing it twice changes nothing.
    async fn plan_actions(&self, request: &str, actions: &[PlannedAction], now: Timestamp) -> Result<(), StoreError>;

    /// Lends due actions, oldest first; of one order and source at most one at a time.
    async fn lease_actions(
        &self,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<LeasedAction>, StoreError>;

    /// Writes down how an attempt ended. A refused or unknown one makes its request a task of the shop; when all of a
    /// request's are taken and nobody has to act on it, the request is done. An order may have been paid by a link
    /// before its sending is written down; then that is noted as well.
    ///
    /// Errors: [`StoreError::NotFound`] when the lease has run out.
    async fn settle_action(
        &self,
        lease: &LeasedAction,
        now: Timestamp,
        settlement: &ActionSettlement,
    ) -> Result<(), StoreError>;

    /// Newest first: all, or those of one request.
    async fn list_actions(
        &self,
        request: Option<&str>,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<StoredAction>, StoreError>;

    async fn next_action_at(&self) -> Result<Option<Timestamp>, StoreError>;
}
