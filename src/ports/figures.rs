//! Where figures are counted.

use async_trait::async_trait;

use super::store::{PutOrder, StoreError};
use crate::domain::figures::{Counted, FigureFilter, Ticket};

/// What counting everything anew came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recount {
    pub days: u64,
    pub calls: u64,
    /// Days of a scenario and group that had been counted otherwise.
    pub corrected: u64,
}

#[async_trait]
pub trait FigureStore: Send + Sync {
    /// Everything that is counted of a period.
    async fn counted(&self, filter: &FigureFilter) -> Result<Counted, StoreError>;

    /// Writes a ticket of the help desk. Writing it twice changes nothing.
    async fn put_ticket(&self, ticket: &Ticket) -> Result<PutOrder, StoreError>;

    /// Counts anew what has changed, so that whoever asks next does not wait for it.
    async fn keep_counted(&self) -> Result<(), StoreError>;

    /// Counts everything anew from calls, messages and tickets. Calls may end meanwhile.
    async fn recount(&self) -> Result<Recount, StoreError>;
}
