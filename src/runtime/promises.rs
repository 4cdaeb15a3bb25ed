//! Sees to promises whose time comes: one that nobody has seen to is handed on as a task, one whose time has passed is
//! missed.
//!
//! Call backs at a named minute are planned by the dialler; what it has planned is not handed on as well.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::outbox::Clock;
use crate::domain::desk::{HAND_ON_BEFORE, promise_task};
use crate::ports::desk::{DeskRequest, DeskStore};
use crate::ports::store::{CallStore, StoreError};

const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Promises handed on at a look. The rest come at the next.
const AT_A_TIME_MAX: u32 = 200;

/// The task that sees to promises.
pub struct PromiseWatch {
    pub desk: Arc<dyn DeskStore>,
    pub calls: Arc<dyn CallStore>,
    /// Who is told of a promise that falls due.
    pub connectors: Vec<String>,
    pub outbox_wake: Arc<Notify>,
    pub clock: Clock,
}

impl PromiseWatch {
    /// Looks now and then until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        while stop.run_until_cancelled(looks.tick()).await.is_some() {
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "promises that fall due could not all be seen to; the next look tries again");
            }
        }
    }

    /// Hands on what is near its time, and marks what has passed it.
    pub async fn look(&self) -> Result<(), StoreError> {
        let now = (self.clock)();
        let missed = self.desk.miss_promises(now).await?;
        metrics::counter!("doorstep_promises_missed_total").increment(missed);
        let near = now.saturating_add(HAND_ON_BEFORE).unwrap_or(Timestamp::MAX);
        let mut handed_on = 0;
        for request in self.desk.promises_near(near, AT_A_TIME_MAX).await? {
            handed_on += u64::from(self.hand_on(&request, now).await?);
        }
        if handed_on != 0 {
            metrics::counter!("doorstep_promises_handed_on_total").increment(handed_on);
            self.outbox_wake.notify_one();
        }
        Ok(())
    }

    async fn hand_on(&self, request: &DeskRequest, now: Timestamp) -> Result<bool, StoreError> {
        let call = self.calls.call(request.call).await?.and_then(|call| call.finished);
        let (Some(call), Some(due_at)) = (call, request.due_at) else { return Ok(false) };
        let task = promise_task(call.outcome, &request.id, &request.kind, due_at);
        self.desk.hand_on(request, &task, &self.connectors, now).await
    }
}
