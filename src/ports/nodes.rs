//! Which server processes live, and what those that died have left.

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::StoreError;
use crate::domain::call::OpenedCall;

/// The server processes that share a database. Each call belongs to the one that opened it.
#[async_trait]
pub trait NodeStore: Send + Sync {
    /// Says that this process lives.
    async fn beat(&self, now: Timestamp) -> Result<(), StoreError>;

    /// Says that this process ends.
    async fn leave(&self) -> Result<(), StoreError>;

    /// Calls still open whose process has not been heard of since `seen_since`, oldest first, at most `count_max`.
    /// Those of this process are never among them.
    async fn calls_left_open(&self, seen_since: Timestamp, count_max: u32) -> Result<Vec<OpenedCall>, StoreError>;

    /// Whether no two servers use this database at once, so that every other process is known to be gone.
    fn has_one_server(&self) -> bool;
}
