//! Deletes what is old enough, and whatever is about somebody who asks for it; writes down how much.

mod recordings;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::outbox::Clock;
use crate::domain::retention::{Cutoffs, DeletedCounts, DeletedKind, Deletion, KeptDays};
use crate::domain::values::CallId;
use crate::ports::retention::{RetentionStore, Subject};
use crate::ports::store::StoreError;
use recordings::Recordings;

/// Calls deleted between two looks at the store.
const CALLS_AT_ONCE: u32 = 200;

/// What erasing came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    pub counts: DeletedCounts,
    /// Calls in progress, which were left alone: erase again when they have ended.
    pub calls_open: u64,
}

/// Deletes. One for the process.
pub struct Retention {
    store: Arc<dyn RetentionStore>,
    recordings: Recordings,
    kept: KeptDays,
    clock: Clock,
}

impl Retention {
    pub fn new(store: Arc<dyn RetentionStore>, recordings: PathBuf, kept: KeptDays, clock: Clock) -> Self {
        Self { store, recordings: Recordings::new(recordings), kept, clock }
    }

    pub fn store(&self) -> &dyn RetentionStore {
        self.store.as_ref()
    }

    /// Deletes everything that is old enough. Calls in progress are left alone.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let now = (self.clock)();
        let cutoffs = self.kept.cutoffs(now);
        let recordings = self.sweep_recordings(&cutoffs).await?;
        let counts = DeletedCounts { recordings, ..DeletedCounts::default() };
        self.prove(DeletedKind::Audio, cutoffs.audio, None, counts).await?;
        if let Some(before) = cutoffs.transcript {
            let counts = self.sweep_words(before, now).await?;
            self.prove(DeletedKind::Transcript, Some(before), None, counts).await?;
        }
        if let Some(before) = cutoffs.metadata {
            let counts = self.sweep_calls(before).await?;
            self.prove(DeletedKind::Metadata, Some(before), None, counts).await?;
        }
        Ok(())
    }

    /// Deletes everything about a number or an order, save that the number has opted out. `by` is the token's name.
    pub async fn erase(&self, subject: &Subject, by: &str) -> Result<Erased, StoreError> {
        let calls = self.store.calls_of(subject).await?;
        let mut counts = self.delete_with_recordings(&calls.ended).await?;
        counts.orders = self.store.delete_orders_of(subject).await?;
        self.prove(DeletedKind::Erasure, None, Some(by), counts).await?;
        Ok(Erased { counts, calls_open: calls.open })
    }

    async fn sweep_recordings(&self, cutoffs: &Cutoffs) -> Result<u64, StoreError> {
        let mut deleted = 0;
        for batch in self.recordings.list().await {
            let (Some(first), Some(last)) = (batch.first(), batch.last()) else { continue };
            let known = self.store.calls_between(first.call, last.call).await?.into_iter().collect();
            deleted += self.recordings.delete_due(&batch, &known, cutoffs).await;
        }
        Ok(deleted)
    }

    async fn sweep_words(&self, before: Timestamp, now: Timestamp) -> Result<DeletedCounts, StoreError> {
        let mut counts = DeletedCounts::default();
        loop {
            let calls = self.store.calls_with_words(before, CALLS_AT_ONCE).await?;
            counts += self.store.delete_words(&calls, now).await?;
            if calls.len() < CALLS_AT_ONCE as usize {
                return Ok(counts);
            }
        }
    }

    async fn sweep_calls(&self, before: Timestamp) -> Result<DeletedCounts, StoreError> {
        let mut counts = DeletedCounts::default();
        loop {
            let calls = self.store.calls_ended(before, CALLS_AT_ONCE).await?;
            counts += self.delete_with_recordings(&calls).await?;
            if calls.len() < CALLS_AT_ONCE as usize {
                return Ok(counts);
            }
        }
    }

    /// The recording first: without its call nobody would find it before it counts as an orphan.
    async fn delete_with_recordings(&self, calls: &[CallId]) -> Result<DeletedCounts, StoreError> {
        let recordings = self.recordings.delete(calls).await;
        let counts = self.store.delete_calls(calls).await?;
        Ok(DeletedCounts { recordings, ..counts })
    }

    async fn prove(
        &self,
        what: DeletedKind,
        before: Option<Timestamp>,
        by: Option<&str>,
        counts: DeletedCounts,
    ) -> Result<(), StoreError> {
        if counts == DeletedCounts::default() && what != DeletedKind::Erasure {
            return Ok(());
        }
        let deletion = Deletion {
            id: uuid::Uuid::now_v7().to_string(),
            at: (self.clock)(),
            what,
            before,
            ordered_by: by.map(str::to_owned),
            counts,
        };
        tracing::info!(what = what.as_str(), recordings = counts.recordings, calls = counts.calls, "deleted");
        self.store.note_deletion(&deletion).await
    }
}
