//! A queue that wakes the dialler of its server when something is put into it.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Notify;

use crate::domain::outreach::{Hold, PlannedCall};
use crate::ports::outreach::PlannedCallStore;
use crate::ports::store::StoreError;

/// The queue that decisions are put into, where a dialler waits for them.
pub struct WakingQueue {
    pub queue: Arc<dyn PlannedCallStore>,
    pub wake: Arc<Notify>,
}

#[async_trait]
impl PlannedCallStore for WakingQueue {
    async fn plan(&self, call: &PlannedCall) -> Result<(), StoreError> {
        self.queue.plan(call).await?;
        self.wake.notify_one();
        Ok(())
    }

    async fn cancel(&self, key: &str, hold: Hold) -> Result<(), StoreError> {
        self.queue.cancel(key, hold).await
    }
}
