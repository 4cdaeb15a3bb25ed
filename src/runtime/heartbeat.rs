//! Says that this process lives, and closes the calls of those that no longer do.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::outbox::Clock;
use crate::domain::call::OpenedCall;
use crate::ports::nodes::NodeStore;
use crate::ports::store::StoreError;

/// Who has not been heard of for this long is gone, unless it is set otherwise.
pub const GONE_AFTER: Duration = Duration::from_secs(60);

/// How often a process says that it lives while others wait to hear of it.
const BEATS_IN_TIMEOUT: u32 = 6;

/// Calls closed at a time.
const CALLS_AT_ONCE_MAX: u32 = 200;

/// Closes a call whose process is gone.
#[async_trait]
pub trait Undertaker: Send + Sync {
    async fn close_left_over(&self, call: &OpenedCall) -> Result<(), StoreError>;
}

/// The task that beats.
pub struct Heartbeat {
    nodes: Arc<dyn NodeStore>,
    undertaker: Arc<dyn Undertaker>,
    clock: Clock,
    gone_after: Duration,
    /// Since when every beat has been written. While the database was away, the others could not be heard either.
    unbroken_since: Option<Instant>,
}

impl Heartbeat {
    /// Shape: who has not been heard of for `gone_after` is gone; all servers must agree on it.
    pub fn new(nodes: Arc<dyn NodeStore>, undertaker: Arc<dyn Undertaker>, clock: Clock, gone_after: Duration) -> Self {
        Self { nodes, undertaker, clock, gone_after, unbroken_since: None }
    }

    /// The first beat, and, where no other server can be, the calls of this one's earlier life.
    ///
    /// Order: before the first call.
    pub async fn begin(&mut self) {
        self.beat().await;
        if self.nodes.has_one_server() {
            self.close_left_over().await;
        }
    }

    /// Beats until `stop`.
    ///
    /// Order: after [`Self::begin`].
    pub async fn run(mut self, stop: CancellationToken) {
        let beat_every = self.gone_after / BEATS_IN_TIMEOUT;
        let mut beats = tokio::time::interval_at(Instant::now() + beat_every, beat_every);
        while stop.run_until_cancelled(beats.tick()).await.is_some() {
            self.beat().await;
            if self.unbroken_since.is_some_and(|since| self.gone_after <= since.elapsed()) {
                self.close_left_over().await;
            }
        }
        if let Err(error) = self.nodes.leave().await {
            tracing::warn!(%error, "the other servers will notice only later that this one has stopped");
        }
    }

    async fn beat(&mut self) {
        match self.nodes.beat((self.clock)()).await {
            Ok(()) => {
                self.unbroken_since.get_or_insert_with(Instant::now);
            }
            Err(error) => {
                self.unbroken_since = None;
                tracing::warn!(%error, "this server could not say that it lives");
            }
        }
    }

    async fn close_left_over(&self) {
        match self.close_some().await {
            Ok(0) => (),
            Ok(closed) => tracing::warn!(closed, "calls left open by a process that is gone were closed"),
            Err(error) => tracing::error!(%error, "calls left open by a process that is gone could not be closed"),
        }
    }

    async fn close_some(&self) -> Result<usize, StoreError> {
        let seen_since = gone_since((self.clock)(), self.gone_after);
        let mut closed = 0;
        loop {
            let left = self.nodes.calls_left_open(seen_since, CALLS_AT_ONCE_MAX).await?;
            for call in &left {
                self.undertaker.close_left_over(call).await?;
            }
            closed += left.len();
            if left.len() < CALLS_AT_ONCE_MAX as usize {
                return Ok(closed);
            }
        }
    }
}

/// Processes not heard of since then are gone.
pub(super) fn gone_since(now: Timestamp, gone_after: Duration) -> Timestamp {
    let gone_after = SignedDuration::try_from(gone_after).unwrap_or(SignedDuration::MAX);
    now.saturating_sub(gone_after).unwrap_or(Timestamp::MIN)
}
