//! The one question to the language model that a call has open.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::model_replies::SaidSink;
use super::services::Services;
use crate::domain::dialogue::{ModelNote, ModelQuestion, ModelSaid};
use crate::domain::values::ReplyId;

/// Asks for one call. Dropped with it, and the question too.
#[derive(Default)]
pub struct ModelAsker {
    open: Option<(ReplyId, CancellationToken)>,
}

impl ModelAsker {
    /// Asks beside the call. Without a model the reply fails at once.
    pub fn ask(&mut self, services: &Arc<Services>, reply: ReplyId, question: Arc<ModelQuestion>, sink: SaidSink) {
        self.stop();
        if services.model.is_none() {
            return sink(ModelSaid::Failed);
        }
        let cancel = CancellationToken::new();
        self.open = Some((reply, cancel.clone()));
        let of_call = Arc::clone(services);
        let asking = async move {
            if let Some(desk) = &of_call.model {
                desk.ask(&question, cancel, sink).await;
            }
        };
        services.tasks.spawn(asking.in_current_span());
    }

    pub fn cancel(&mut self, reply: ReplyId) {
        if self.open.as_ref().is_some_and(|(open, _)| *open == reply) {
            self.stop();
        }
    }

    fn stop(&mut self) {
        if let Some((_, cancel)) = self.open.take() {
            cancel.cancel();
        }
    }
}

impl Drop for ModelAsker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Counts what the dialogue made of a model's words.
pub fn count_note(note: ModelNote) {
    match note {
        ModelNote::Blocked(claim) => {
            metrics::counter!("doorstep_model_sentences_blocked_total", "claim" => claim.as_str()).increment(1);
        }
        ModelNote::Overdue => metrics::counter!("doorstep_model_overdue_total").increment(1),
        ModelNote::ToolRefused => {
            metrics::counter!("doorstep_model_tools_total", "verdict" => "refused").increment(1);
        }
        ModelNote::ToolTaken => metrics::counter!("doorstep_model_tools_total", "verdict" => "taken").increment(1),
    }
}
