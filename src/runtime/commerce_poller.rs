//! Asks shops and carriers for what they do not tell by themselves, slowly, and slower still while they do not answer.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::intake::Intake;
use super::outbox::Clock;
use crate::ports::commerce::{CommerceSource, CommerceStore, PARCELS_AT_ONCE_MAX, Pull, PullKind, SourceError, Trust};

/// The longest pause between two tries while a source does not answer.
const PAUSE_MAX: Duration = Duration::from_secs(60 * 60);

/// A shop is asked from a little before the last answer, so that nothing falls between two questions.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

/// A shop that was never asked is asked for this much of its past.
const FIRST_REACH: SignedDuration = SignedDuration::from_hours(24);

/// Message ids and events that wait for their order are kept this long.
const MESSAGES_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

/// Parcels looked at to find those that were not asked for lately.
const QUIET_LOOKED_AT: u32 = 500;

const POLLS_TOTAL: &str = "doorstep_commerce_polls_total";

/// One source that is asked.
#[derive(Clone)]
pub struct PolledSource {
    pub source: Arc<dyn CommerceSource>,
    /// Carriers whose parcels it is asked for; `*` for all.
    pub carriers: Vec<String>,
    pub interval: Duration,
    /// Parcels are asked for once they have not been heard of for this long.
    pub quiet_for: Duration,
}

/// What was asked already.
#[derive(Default)]
struct Asked {
    /// Until when everything is known.
    until: Option<Timestamp>,
    parcels: BTreeMap<String, Timestamp>,
}

/// The task that asks one source.
pub struct CommercePoller {
    pub polled: PolledSource,
    pub intake: Arc<Intake>,
    pub store: Arc<dyn CommerceStore>,
    pub clock: Clock,
}

impl CommercePoller {
    /// Asks until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut failures: u32 = 0;
        let mut asked = Asked::default();
        loop {
            let asked_at = (self.clock)();
            let result = self.ask(&mut asked).await;
            metrics::counter!(POLLS_TOTAL, "source" => self.polled.source.name().to_owned(),
                "result" => if result.is_ok() { "answered" } else { "failed" })
            .increment(1);
            let mut pause = match result {
                Ok(()) => {
                    (failures, asked.until) = (0, Some(asked_at));
                    self.polled.interval
                }
                Err(error) => {
                    failures = failures.saturating_add(1);
                    warn!(source = self.polled.source.name(), %error, "the source does not answer");
                    pause_after(self.polled.interval, failures, &error)
                }
            };
            // At least a moment, whatever the settings say.
            pause = pause.max(Duration::from_secs(1));
            if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                return;
            }
        }
    }

    async fn ask(&self, asked: &mut Asked) -> Result<(), SourceError> {
        let source = &self.polled.source;
        let questions = match source.pulls() {
            PullKind::None => return Ok(()),
            PullKind::Orders => vec![Pull::OrdersSince(self.since(asked).await?)],
            PullKind::Parcels => self.quiet_parcels(asked).await?,
        };
        for question in questions {
            let notices = source.pull(&question).await?;
            debug!(source = source.name(), answers = notices.len(), "the source was asked");
            for notice in &notices {
                self.intake
                    .take_in(source.name(), Trust::Signed, notice)
                    .await
                    .map_err(|error| SourceError::Unavailable { reason: error.to_string(), retry_after: None })?;
            }
        }
        Ok(())
    }

    async fn since(&self, asked: &mut Asked) -> Result<Timestamp, SourceError> {
        let until = match asked.until {
            Some(until) => until,
            None => {
                let last = self.store.last_taken_in(self.polled.source.name()).await;
                let floor = (self.clock)().saturating_sub(FIRST_REACH).unwrap_or(Timestamp::MIN);
                last.map_err(|error| unavailable(&error))?.unwrap_or(floor)
            }
        };
        asked.until = Some(until);
        Ok(until.saturating_sub(OVERLAP).unwrap_or(until))
    }

    /// Parcels not heard of for long, and not asked for lately either: what has no news must not hide the others.
    async fn quiet_parcels(&self, asked: &mut Asked) -> Result<Vec<Pull>, SourceError> {
        let quiet_for = SignedDuration::try_from(self.polled.quiet_for).unwrap_or(SignedDuration::MAX);
        let since = (self.clock)().saturating_sub(quiet_for).unwrap_or(Timestamp::MIN);
        asked.parcels.retain(|_, asked_at| since < *asked_at);
        let found = self.store.quiet_parcels(&self.polled.carriers, since, QUIET_LOOKED_AT).await;
        let found = found.map_err(|error| unavailable(&error))?.into_iter();
        let numbers: Vec<String> =
            found.filter(|number| !asked.parcels.contains_key(number)).take(PARCELS_AT_ONCE_MAX).collect();
        asked.parcels.extend(numbers.iter().map(|number| (number.clone(), (self.clock)())));
        Ok(if numbers.is_empty() { Vec::new() } else { vec![Pull::Parcels(numbers)] })
    }
}

fn unavailable(error: &impl ToString) -> SourceError {
    SourceError::Unavailable { reason: error.to_string(), retry_after: None }
}

/// Twice as long after each failure; the source's own wish beats that.
fn pause_after(interval: Duration, failures: u32, error: &SourceError) -> Duration {
    let doubled = interval.saturating_mul(2_u32.saturating_pow(failures.min(16)));
    let wished = match error {
        SourceError::Unavailable { retry_after, .. } => *retry_after,
        SourceError::Refused { .. } => None,
    };
    wished.unwrap_or(doubled).min(PAUSE_MAX.max(interval))
}

/// Forgets old message ids and events until `stop`.
pub async fn sweep_messages(store: Arc<dyn CommerceStore>, clock: Clock, stop: CancellationToken) {
    let mut rounds = tokio::time::interval(SWEEP_EVERY);
    while stop.run_until_cancelled(rounds.tick()).await.is_some() {
        let before = clock().saturating_sub(MESSAGES_KEPT).unwrap_or(Timestamp::MIN);
        if let Err(error) = store.sweep_messages(before).await {
            warn!(%error, "old message ids could not be removed; the next round tries again");
        }
    }
}
