//! Deleting what is about people, by age or because they ask, and the proof of it.

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::{Page, StoreError};
use crate::domain::orders::OrderRef;
use crate::domain::retention::{DeletedCounts, Deletion};
use crate::domain::values::{CallId, PhoneNumber};

/// Whose records are erased.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    Phone(PhoneNumber),
    Order(OrderRef),
}

/// The calls of a subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubjectCalls {
    pub ended: Vec<CallId>,
    /// Calls in progress, which are left alone.
    pub open: u64,
}

/// A call's id, and when it ended; none while it lasts.
pub type CallEnd = (CallId, Option<Timestamp>);

#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// Calls that ended before `before`, still have their words, and owe no connector a delivery; oldest first.
    async fn calls_with_words(&self, before: Timestamp, count_max: u32) -> Result<Vec<CallId>, StoreError>;

    /// Takes transcript, facts and the caller's words out of ended calls, their requests and deliveries.
    async fn delete_words(&self, calls: &[CallId], at: Timestamp) -> Result<DeletedCounts, StoreError>;

    /// Calls that ended before `before` and owe no connector a delivery; oldest first.
    async fn calls_ended(&self, before: Timestamp, count_max: u32) -> Result<Vec<CallId>, StoreError>;

    /// Removes ended calls with their requests, notes and deliveries. Open ones are left alone.
    async fn delete_calls(&self, calls: &[CallId]) -> Result<DeletedCounts, StoreError>;

    async fn calls_of(&self, subject: &Subject) -> Result<SubjectCalls, StoreError>;

    /// Removes the orders of a number, or the order; returns how many.
    async fn delete_orders_of(&self, subject: &Subject) -> Result<u64, StoreError>;

    /// The calls whose ids lie between these two, both included.
    async fn calls_between(&self, first: CallId, last: CallId) -> Result<Vec<CallEnd>, StoreError>;

    async fn note_deletion(&self, deletion: &Deletion) -> Result<(), StoreError>;
    /// Newest first.
    async fn list_deletions(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<Deletion>, StoreError>;
}
