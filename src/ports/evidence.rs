//! The chain of the evidence packs that were handed out: what each must be, and nothing of what stood in it.

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::StoreError;
use crate::domain::values::CallId;

/// One pack that was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainLink {
    /// Rises by one from pack to pack, from 1.
    pub place: u64,
    pub call: CallId,
    pub made_at: Timestamp,
    /// SHA-256 of the pack in lower-case hexadecimal.
    pub digest: String,
    /// The digest of the pack before; empty for the first.
    pub before: String,
}

#[async_trait]
pub trait EvidenceStore: Send + Sync {
    async fn last_link(&self) -> Result<Option<ChainLink>, StoreError>;
    async fn link(&self, place: u64) -> Result<Option<ChainLink>, StoreError>;
    /// Adds a pack. False: its place was taken meanwhile, and nothing is changed.
    async fn add_link(&self, link: &ChainLink) -> Result<bool, StoreError>;
}
