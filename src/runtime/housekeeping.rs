//! What is done now and then: sessions and answers that have run out, and everything that is old enough to go.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::outbox::Clock;
use super::retention::Retention;
use crate::ports::access::{AccessStore, AnswerStore};
use crate::ports::store::StoreError;

/// The first round is at start.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Answers kept at most. Beyond it the oldest are forgotten before their time.
const ANSWERS_MAX: u32 = 100_000;

/// The task that tidies up.
pub struct Housekeeping {
    pub access: Arc<dyn AccessStore>,
    pub answers: Arc<dyn AnswerStore>,
    /// How long an answer is given again.
    pub answers_kept: SignedDuration,
    pub retention: Arc<Retention>,
    pub clock: Clock,
}

impl Housekeeping {
    /// Tidies up until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut rounds = tokio::time::interval(EVERY);
        while stop.run_until_cancelled(rounds.tick()).await.is_some() {
            if let Err(error) = self.tidy_up().await {
                tracing::error!(%error, "what has run out could not all be removed; the next round tries again");
            }
        }
    }

    async fn tidy_up(&self) -> Result<(), StoreError> {
        let now = (self.clock)();
        self.access.sweep_sessions(now).await?;
        let before = now.saturating_sub(self.answers_kept).unwrap_or(Timestamp::MIN);
        self.answers.sweep_answers(before, ANSWERS_MAX).await?;
        self.retention.sweep().await
    }
}
