//! Events of orders that nobody has decided about yet: written with the change itself, so that a crash loses none.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::{PutOrder, StoreError};
use crate::domain::orders::{Order, OrderRef};
use crate::domain::outreach::rules::{Event, Signals};

/// An event that waits for its decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecided {
    pub id: String,
    pub order_ref: OrderRef,
    pub event: Event,
    /// The source that told it; none where the shop wrote the order itself.
    pub source: Option<String>,
    pub told_at: Timestamp,
}

/// What is to be done with an event first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Decide,
    /// It was only hinted at: its source is to be asked whether it is true.
    Ask,
}

/// Where events wait. They are lent by time alone: deciding twice plans one call and keeps one decision.
#[async_trait]
pub trait UndecidedStore: Send + Sync {
    /// Writes an order together with what has become different in it: both or neither.
    async fn put_order_undecided(&self, order: &Order, told_at: Timestamp) -> Result<PutOrder, StoreError>;

    /// Writes what the shop knows of an order together with the event that it is: both or neither.
    async fn put_signals_undecided(
        &self,
        order_ref: &OrderRef,
        signals: &Signals,
        event: &Event,
    ) -> Result<(), StoreError>;

    /// When the next event is due, if any waits.
    async fn next_undecided_at(&self, next: Next) -> Result<Option<Timestamp>, StoreError>;

    /// Lends due events, oldest first. One that is neither decided nor confirmed by the end of the lease is due again.
    async fn lease_undecided(
        &self,
        next: Next,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<Undecided>, StoreError>;

    /// The hint is true: it is to be decided about at once.
    async fn confirm_undecided(&self, id: &str, now: Timestamp) -> Result<(), StoreError>;

    /// The event was decided about, or is not acted on.
    async fn forget_undecided(&self, id: &str) -> Result<(), StoreError>;
}
