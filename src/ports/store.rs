//! Where orders, calls, outcomes and deliveries are kept.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::call::{CallState, FinishedCall, OpenedCall, OutcomeRecord};
use crate::domain::orders::{Order, OrderRef};
use crate::domain::values::{CallId, Personal, PhoneNumber};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("the database is busy or unreachable, try again")]
    Unavailable,
    #[error("the call is already finished; its first record stands")]
    AlreadyFinished,
    #[error("somebody else changed it meanwhile; read it again")]
    Conflict,
    #[error("no such record")]
    NotFound,
    #[error("the cursor is not one this list gave out, start again without one")]
    InvalidCursor,
    #[error("the database refused the statement: {reason}")]
    Failed { reason: String },
}

/// What became of an order, or of another record of a file, that was put into the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOrder {
    Inserted,
    Updated,
    Unchanged,
}

/// A page of a list. `next` is the cursor of the next page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<String>,
}

/// Orders, as the agent reads them.
#[async_trait]
pub trait OrderStore: Send + Sync {
    /// Writes an order with its customer, parcels and events. Running it twice changes nothing.
    async fn put_order(&self, order: &Order, seen_at: Timestamp) -> Result<PutOrder, StoreError>;
    async fn order_by_ref(&self, order_ref: &OrderRef) -> Result<Option<Order>, StoreError>;
    /// Newest first.
    async fn orders_by_phone(&self, phone: &PhoneNumber, count_max: u32) -> Result<Vec<Order>, StoreError>;
    /// Orders whose reference has exactly these letters and digits, or, given digits alone, these digits.
    async fn orders_by_reference(&self, spoken: &str, count_max: u32) -> Result<Vec<Order>, StoreError>;
    /// Newest first. The postcode is compared without blanks and case.
    async fn orders_by_postcode(&self, postcode: &str, count_max: u32) -> Result<Vec<Order>, StoreError>;
    async fn list_orders(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<Order>, StoreError>;
}

/// A call as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCall {
    pub opened: OpenedCall,
    pub state: CallState,
    pub ended_at: Option<Timestamp>,
    /// None while the call lasts.
    pub finished: Option<FinishedCall>,
}

/// A change the customer asked for, kept for the shop's staff or systems to carry out.
///
/// Recorded is not done: the caller is told that it was passed on.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedRequest {
    pub call: CallId,
    /// Equal keys are one request, however often they are written.
    pub idempotency_key: String,
    /// Such as `reschedule`, `delivery_note`, `not_received_case`, `callback`, `human_callback`.
    pub kind: String,
    pub order_ref: Option<OrderRef>,
    /// What was asked, by name: `day`, `window_from`, `note`, …
    pub details: Vec<(String, Personal<String>)>,
    pub requested_at: Timestamp,
    pub due_at: Option<Timestamp>,
}

#[async_trait]
pub trait CallStore: Send + Sync {
    async fn open_call(&self, call: &OpenedCall) -> Result<(), StoreError>;

    /// Ends a call: transcript, facts, turns, outcome and one delivery for each connector, in one transaction.
    ///
    /// Errors: [`StoreError::AlreadyFinished`] when it was ended before; nothing is changed then.
    async fn finish_call(&self, call: &FinishedCall, connectors: &[String]) -> Result<(), StoreError>;

    async fn call(&self, id: CallId) -> Result<Option<StoredCall>, StoreError>;
    /// Newest first.
    async fn list_calls(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<StoredCall>, StoreError>;
    /// Newest first.
    async fn list_outcomes(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<OutcomeRecord>, StoreError>;

    /// Keeps a request; returns its id, the same for the same idempotency key.
    async fn record_request(&self, request: &RecordedRequest) -> Result<String, StoreError>;

    /// Stops automated calls to a number, at once.
    async fn opt_out(&self, phone: &PhoneNumber, call: Option<CallId>, at: Timestamp) -> Result<(), StoreError>;
    async fn is_opted_out(&self, phone: &PhoneNumber) -> Result<bool, StoreError>;

    /// Answers quickly when the database can be used.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// Calls the shop made, by whom they were made to.
#[async_trait]
pub trait AttemptStore: Send + Sync {
    /// Our calls to a number that were dialled at `since` or later, newest first.
    async fn attempts_to(
        &self,
        phone: &PhoneNumber,
        since: Timestamp,
        count_max: u32,
    ) -> Result<Vec<StoredCall>, StoreError>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Waiting,
    Leased,
    Delivered,
    GivenUp,
}

/// One outcome on its way to one connector.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub id: String,
    pub call: CallId,
    pub connector: String,
    /// Unchanged on every attempt. Shape: `call-` and the call's id, `promise-` or `paid-` and the request's, or
    /// `handover-` and the transfer's.
    pub idempotency_key: String,
    /// The [`OutcomeRecord`] as JSON, the same bytes on every attempt; a connector turns it into its own form.
    pub body: String,
    pub state: DeliveryState,
    /// Attempts begun, the present one included.
    pub attempts: u32,
    pub next_attempt_at: Option<Timestamp>,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
}

impl Delivery {
    /// What the ticket and the call are known by on the other side. A notice of handover and later news are about the
    /// call whose outcome is delivered as well, so they share them; whatever else is delivered has its own.
    pub fn call_key(&self) -> String {
        let is_of_call = self.idempotency_key.starts_with(HANDOVER_KEY) || self.is_later_news();
        if is_of_call { call_key(self.call) } else { self.idempotency_key.clone() }
    }

    /// Whether it tells what has become known after the call. It asks for nothing that the outcome has not asked for.
    pub fn is_later_news(&self) -> bool {
        self.idempotency_key.starts_with(PAID_KEY)
    }
}

/// The idempotency key of a call's outcome.
pub fn call_key(call: CallId) -> String {
    format!("call-{call}")
}

/// What the idempotency key of a notice of handover begins with; the transfer's id follows.
pub const HANDOVER_KEY: &str = "handover-";

/// What the idempotency key of the news begins with that the order was paid; the id of the wish for the link follows.
pub const PAID_KEY: &str = "paid-";

/// A delivery lent to one worker until `until`. Without the token nobody can settle it.
#[derive(Clone, Debug, PartialEq)]
pub struct LeasedDelivery {
    pub delivery: Delivery,
    pub token: String,
    pub until: Timestamp,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum DeliverySettlement {
    Delivered,
    RetryAt {
        at: Timestamp,
        error: String,
    },
    /// It was not its turn: not counted as an attempt.
    HeldUntil {
        at: Timestamp,
        reason: String,
    },
    GivenUp {
        error: String,
    },
}

/// Whose deliveries.
#[derive(Clone, Copy, Debug)]
pub enum Addressed<'a> {
    To(&'a str),
    /// Addressed to somebody else than these; everybody's, if these are none.
    ToNoneOf(&'a [String]),
}

/// What a replay put into the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Outcomes the connector had never been sent.
    pub added: u64,
    /// Deliveries that had been given up.
    pub retried: u64,
}

#[async_trait]
pub trait DeliveryStore: Send + Sync {
    /// Lends due deliveries, oldest first; of one call and connector at most one at a time.
    async fn lease_deliveries(
        &self,
        addressed: Addressed<'_>,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<LeasedDelivery>, StoreError>;

    /// Errors: [`StoreError::NotFound`] when the lease has run out or passed to another worker.
    async fn settle_delivery(
        &self,
        lease: &LeasedDelivery,
        now: Timestamp,
        settlement: &DeliverySettlement,
    ) -> Result<(), StoreError>;

    /// Newest first: all of them, or those of one call.
    async fn list_deliveries(
        &self,
        call: Option<CallId>,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<Delivery>, StoreError>;
    /// Puts a given-up delivery back in the queue.
    async fn retry_delivery(&self, id: &str, now: Timestamp) -> Result<(), StoreError>;
    /// When the next delivery can be leased: it is due then, or its lease runs out, and no earlier one holds it back.
    async fn next_delivery_at(&self, addressed: Addressed<'_>) -> Result<Option<Timestamp>, StoreError>;
    /// Puts the outcomes of calls that ended at `since` or later into a connector's queue, unless it was sent them.
    async fn replay_deliveries(
        &self,
        connector: &str,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Replayed, StoreError>;
    /// How many deliveries are neither delivered nor given up.
    async fn count_unsettled_deliveries(&self) -> Result<u64, StoreError>;
}
