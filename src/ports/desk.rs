//! Where the work of the shop's staff is kept: requests as hand-offs, callbacks and promises, notes, opt-outs.

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::{Page, StoreError};
use crate::domain::call::{EscalationWay, OutcomeRecord};
use crate::domain::desk::{DeskState, EarlierCall, PromiseState};
use crate::domain::orders::{Order, OrderRef};
use crate::domain::values::{CallId, Personal, PhoneNumber};

/// A request of a caller, as the desk sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskRequest {
    pub id: String,
    pub call: CallId,
    pub kind: String,
    /// How a person comes to it; none when nobody has to.
    pub way: Option<EscalationWay>,
    pub order_ref: Option<OrderRef>,
    pub details: Vec<(String, Personal<String>)>,
    pub requested_at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub state: DeskState,
    /// The name of the token that changed it last.
    pub handled_by: Option<String>,
    pub changed_at: Option<Timestamp>,
    pub promise: PromiseState,
    pub settled_at: Option<Timestamp>,
    /// Where its transfer stands, or how it ended, such as `ringing` or `with_person`; none when the call was not put
    /// through.
    pub transfer: Option<String>,
    /// Where somebody found the agent wrong.
    pub wrong: Option<MarkedWrong>,
}

/// Somebody's word that the agent was wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkedWrong {
    pub at: Timestamp,
    /// The name of the token.
    pub by: String,
    pub why: Personal<String>,
}

/// Which requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeskList {
    /// Those that need a person.
    Handoffs(Option<DeskState>),
    /// Those whose caller is to be called: at a time they chose, or by a person who takes the matter on.
    Callbacks(Option<DeskState>),
    /// All: each was said to be passed on.
    Promises(Option<PromiseState>),
}

/// A change of a request, good only while it is as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskChange {
    pub from: (DeskState, PromiseState),
    pub to: (DeskState, PromiseState),
    /// The name of the token.
    pub by: String,
    pub at: Timestamp,
}

/// What somebody wrote beside a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub id: String,
    pub at: Timestamp,
    pub written_by: String,
    pub text: Personal<String>,
}

#[async_trait]
pub trait DeskStore: Send + Sync {
    /// Newest first.
    async fn list_requests(
        &self,
        list: DeskList,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<DeskRequest>, StoreError>;
    async fn request(&self, id: &str) -> Result<Option<DeskRequest>, StoreError>;
    /// Oldest first.
    async fn requests_of_call(&self, call: CallId) -> Result<Vec<DeskRequest>, StoreError>;

    /// Errors: [`StoreError::Conflict`] when it is no longer as it was read.
    async fn change_request(&self, id: &str, change: &DeskChange) -> Result<(), StoreError>;

    /// Open promises due before `due_before` that nobody has taken on, no planned call keeps and nobody was handed,
    /// soonest first.
    async fn promises_near(&self, due_before: Timestamp, count_max: u32) -> Result<Vec<DeskRequest>, StoreError>;

    /// Hands a promise on once: notes it, and puts the task into the outbox for each connector, in one transaction.
    /// False where it was handed on before or is open no more.
    async fn hand_on(
        &self,
        request: &DeskRequest,
        task: &OutcomeRecord,
        connectors: &[String],
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Marks open promises missed whose time has passed; how many.
    async fn miss_promises(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Marks the agent wrong in a request; the last word counts.
    ///
    /// Errors: [`StoreError::NotFound`] for an id that no request has.
    async fn mark_wrong(&self, request: &str, wrong: &MarkedWrong) -> Result<(), StoreError>;

    /// Errors: [`StoreError::NotFound`] for an id that no request has.
    async fn add_note(&self, request: &str, note: &Note) -> Result<(), StoreError>;
    /// Oldest first.
    async fn notes(&self, request: &str) -> Result<Vec<Note>, StoreError>;

    /// Ended calls of a number or about an order, newest first, without the call `except`.
    async fn earlier_calls(
        &self,
        phone: Option<&PhoneNumber>,
        order_ref: Option<&OrderRef>,
        except: CallId,
        count_max: u32,
    ) -> Result<Vec<EarlierCall>, StoreError>;
}

/// Which automated calls a number wants no more.
#[derive(Clone, Debug, PartialEq)]
pub enum OptOutScope {
    All,
    /// Those about one order.
    ThisOrder(OrderRef),
}

/// A number that wants no more calls.
#[derive(Clone, Debug, PartialEq)]
pub struct OptOutEntry {
    pub scope: OptOutScope,
    pub at: Timestamp,
    /// The call it was said in.
    pub call: Option<CallId>,
    /// The name of the token that set it.
    pub set_by: Option<String>,
}

#[async_trait]
pub trait ContactStore: Send + Sync {
    /// Sets or replaces what a number has opted out of. It counts at once.
    async fn put_opt_out(&self, phone: &PhoneNumber, entry: &OptOutEntry) -> Result<(), StoreError>;
    async fn opt_out_of(&self, phone: &PhoneNumber) -> Result<Option<OptOutEntry>, StoreError>;
    /// Lets a number be called again. Without an opt-out nothing happens.
    async fn remove_opt_out(&self, phone: &PhoneNumber) -> Result<(), StoreError>;

    /// One row a number: its newest order, and how many it has. By the newest order, newest first.
    async fn list_customers(
        &self,
        phone: Option<&PhoneNumber>,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<StoredCustomer>, StoreError>;
}

/// A customer, as their newest order tells them.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCustomer {
    pub newest: Order,
    pub orders: u64,
}
