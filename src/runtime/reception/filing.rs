//! What is kept of a call once it is over, however long the database is away.

use std::time::Duration;

use async_trait::async_trait;

use super::attempts::{Planned, note_attempt, note_dialling};
use super::{Reception, Waiting};
use crate::domain::call::{FinishedCall, OpenedCall};
use crate::domain::dialogue::Dialogue;
use crate::domain::values::Personal;
use crate::ports::dialling::StoredAttempt;
use crate::ports::store::StoreError;
use crate::runtime::call_driver::CallEnd;
use crate::runtime::call_file;
use crate::runtime::heartbeat::Undertaker;
use crate::runtime::live_calls::LiveChange;

/// Waits between attempts to file a finished call while the database is away.
const FILING_RETRIES: [Duration; 8] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(120),
];

impl Reception {
    /// Files a call whose line is gone.
    pub(super) async fn file_end(&self, waiting: &Waiting, opened: &OpenedCall, end: CallEnd<Dialogue>) {
        let CallEnd { minutes, conversation } = end;
        let ended_at = self.services.wall_clock.now();
        let mut finished = call_file::finished(opened, &minutes, &conversation, ended_at, &self.services);
        if let Some(summary) = self.summary_by_model(&conversation).await {
            finished.outcome.summary = Personal::new(summary);
        }
        note_dialling(&mut finished.outcome, waiting);
        self.file(opened, finished).await;
    }

    /// The model's summary of a call that a person has to act on, if one came in time and is proven.
    async fn summary_by_model(&self, dialogue: &Dialogue) -> Option<String> {
        let desk = self.services.model.as_ref()?;
        let question = dialogue.summary_question()?;
        let text = desk.sum_up(&question).await;
        let summary = text.as_deref().and_then(|text| dialogue.checked_summary(text));
        let verdict = match (&text, &summary) {
            (_, Some(_)) => "taken",
            (Some(_), None) => "blocked",
            (None, None) => "missing",
        };
        metrics::counter!("doorstep_model_summaries_total", "verdict" => verdict).increment(1);
        summary
    }

    /// Files a finished call, however long the database is away.
    pub(super) async fn file(&self, opened: &OpenedCall, finished: FinishedCall) {
        let services = &self.services;
        let id = finished.id;
        metrics::counter!("doorstep_calls_ended_total", "disposition" => finished.outcome.disposition.as_str())
            .increment(1);
        if let Some(live) = services.live.get(id) {
            live.publish(LiveChange::Ended { outcome: Box::new(finished.outcome.clone()) });
        }
        let mut waits = FILING_RETRIES.iter();
        loop {
            match services.calls.finish_call(&finished, &services.connectors).await {
                Ok(()) | Err(StoreError::AlreadyFinished) => break,
                Err(error) => {
                    let Some(wait) = waits.next() else {
                        metrics::counter!("doorstep_calls_unfiled_total").increment(1);
                        tracing::error!(call = %id, %error, "the outcome could not be filed; it is closed as interrupted at the next start");
                        break;
                    };
                    tracing::warn!(call = %id, %error, "the outcome could not be filed yet, trying again");
                    if error == StoreError::NotFound {
                        self.open_late(opened).await;
                    }
                    tokio::time::sleep(*wait).await;
                }
            }
        }
        services.live.end(id);
        services.outbox_wake.notify_one();
        services.dialler_wake.notify_one();
    }

    /// Opens the row of a call that could not be opened when it began.
    ///
    /// The provider's id may belong to another call already; this call is then kept under an id of its own, since an
    /// outcome must never be lost.
    async fn open_late(&self, opened: &OpenedCall) {
        let calls = &self.services.calls;
        if calls.open_call(opened).await.is_ok() {
            return;
        }
        let provider_call_id = format!("{}#{}", opened.provider_call_id, opened.id);
        if let Err(error) = calls.open_call(&OpenedCall { provider_call_id, ..opened.clone() }).await {
            tracing::warn!(call = %opened.id, %error, "the call could not be opened in the store after its end either");
        }
    }
}

#[async_trait]
impl Undertaker for Reception {
    /// Closes a call that a process left open when it stopped.
    async fn close_left_over(&self, call: &OpenedCall) -> Result<(), StoreError> {
        let services = &self.services;
        let mut finished = call_file::interrupted(call, services.wall_clock.now(), services);
        self.note_transfer(&mut finished.outcome).await?;
        if let Some(StoredAttempt { plan, attempt_no, .. }) = services.plans.attempt(call.id).await? {
            finished.outcome.order_ref = Some(plan.call.order_ref.clone());
            note_attempt(&mut finished.outcome, Some(call.started_at), Some(&Planned { plan, attempt_no }));
        }
        match services.calls.finish_call(&finished, &services.connectors).await {
            Ok(()) => {
                services.outbox_wake.notify_one();
                services.dialler_wake.notify_one();
            }
            Err(StoreError::AlreadyFinished) => (),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
