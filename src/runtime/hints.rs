//! Asks sources whether what they only hinted at is true, before anybody is called because of it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::intake::Intake;
use super::outbox::Clock;
use super::outreach::{Outreach, next_look};
use crate::domain::orders::TrackingEvent;
use crate::domain::orders::incoming::CommerceEvent;
use crate::ports::commerce::{CommerceSource, Notice, Pull, PullKind, SourceError, Trust};
use crate::ports::store::StoreError;
use crate::ports::undecided::{Next, Undecided, UndecidedStore};

/// Longer than a source takes to answer. Until then a hint that could not be asked about waits.
const LEASE: Duration = Duration::from_secs(60);

/// Questions at once, of all sources.
const AT_ONCE_MAX: usize = 8;

/// A hint that no answer could be had about for so long is dropped: the poll finds what was true of it.
const ASKED_FOR: SignedDuration = SignedDuration::from_hours(2);

const HINTS_TOTAL: &str = "doorstep_outreach_hints_total";

/// What came of a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// It is decided about now.
    BorneOut,
    /// The source says otherwise.
    Contradicted,
    /// Nobody can be asked.
    NotAsked,
    /// The source does not answer: it is asked again.
    Later,
}

/// The task that asks.
pub struct HintCheck {
    pub intake: Arc<Intake>,
    pub undecided: Arc<dyn UndecidedStore>,
    /// Decides about what is borne out.
    pub outreach: Arc<Outreach>,
    pub clock: Clock,
}

impl HintCheck {
    /// Asks about each hint until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut news = self.intake.news().listen();
        loop {
            if let Err(error) = self.ask_due().await {
                tracing::warn!(%error, "hints could not be looked up; the next look comes");
            }
            if stop.run_until_cancelled(next_look(&mut news)).await.is_none() {
                return;
            }
        }
    }

    /// Asks about everything that waits to be asked about.
    async fn ask_due(&self) -> Result<(), StoreError> {
        loop {
            let now = (self.clock)();
            if self.undecided.next_undecided_at(Next::Ask).await?.is_none_or(|at| now < at) {
                return Ok(());
            }
            let count = u32::try_from(AT_ONCE_MAX).unwrap_or(u32::MAX);
            let hints = self.undecided.lease_undecided(Next::Ask, now, LEASE, count).await?;
            let settled = join_all(hints.iter().map(|hint| self.settle(hint))).await;
            settled.into_iter().collect::<Result<(), _>>()?;
        }
    }

    async fn settle(&self, hint: &Undecided) -> Result<(), StoreError> {
        let now = (self.clock)();
        let answer = match self.ask(hint).await? {
            Answer::Later if ASKED_FOR < now.duration_since(hint.told_at) => Answer::NotAsked,
            answer => answer,
        };
        let source = hint.source.clone().unwrap_or_default();
        let result = answer.as_str();
        metrics::counter!(HINTS_TOTAL, "source" => source.clone(), "result" => result).increment(1);
        match answer {
            Answer::BorneOut => {
                self.undecided.confirm_undecided(&hint.id, now).await?;
                self.outreach.decide_due().await;
            }
            Answer::Contradicted | Answer::NotAsked => {
                tracing::info!(source, result, "a hint is not acted on");
                self.undecided.forget_undecided(&hint.id).await?;
            }
            Answer::Later => (),
        }
        Ok(())
    }

    async fn ask(&self, hint: &Undecided) -> Result<Answer, StoreError> {
        let source = hint.source.as_deref().and_then(|name| self.intake.source(name));
        let (Some(source), Some(number)) = (source, &hint.event.tracking_number) else { return Ok(Answer::NotAsked) };
        if source.pulls() != PullKind::Parcels {
            return Ok(Answer::NotAsked);
        }
        let notices = match source.pull(&Pull::Parcels(vec![number.clone()])).await {
            Ok(notices) => notices,
            Err(SourceError::Unavailable { reason, .. }) => {
                tracing::warn!(source = source.name(), reason, "a source that hinted at something does not answer");
                return Ok(Answer::Later);
            }
            Err(SourceError::Refused { reason }) => {
                tracing::warn!(source = source.name(), reason, "a source that hinted at something refuses to be asked");
                return Ok(Answer::NotAsked);
            }
        };
        self.take_in(source.as_ref(), &notices).await?;
        let is_borne_out = hint.event.is_borne_out(&told_of(number, &notices));
        Ok(if is_borne_out { Answer::BorneOut } else { Answer::Contradicted })
    }

    /// What else the source says is news as well, and can be believed.
    async fn take_in(&self, source: &dyn CommerceSource, notices: &[Notice]) -> Result<(), StoreError> {
        for notice in notices {
            self.intake.take_in(source.name(), Trust::Signed, notice).await?;
        }
        Ok(())
    }
}

/// What an answer tells of one parcel.
fn told_of(number: &str, notices: &[Notice]) -> Vec<TrackingEvent> {
    let of_parcel = |event: &CommerceEvent| match event {
        CommerceEvent::Tracking { parcel, event } if parcel.tracking_number.as_deref() == Some(number) => {
            Some(TrackingEvent::clone(event))
        }
        CommerceEvent::Tracking { .. }
        | CommerceEvent::OrderUpserted { .. }
        | CommerceEvent::OrderCancelled { .. }
        | CommerceEvent::ShipmentUpserted { .. } => None,
    };
    notices.iter().flat_map(|notice| &notice.events).filter_map(of_parcel).collect()
}

impl Answer {
    const fn as_str(self) -> &'static str {
        match self {
            Self::BorneOut => "borne_out",
            Self::Contradicted => "contradicted",
            Self::NotAsked => "not_asked",
            Self::Later => "later",
        }
    }
}
