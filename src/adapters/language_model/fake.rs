//! A scripted model: replies in turn, word by word, for tests and for trying a set-up without a vendor.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures_util::stream;

use super::{InvalidModel, ModelSettings};
use crate::ports::language_model::{
    FailureKind, FinishReason, LanguageModel, ModelEvent, ModelRequest, ReplyStream, Usage,
};

/// Gives its replies one after the other; without any left, it says the usual text, and without one it declines.
#[derive(Default)]
pub struct FakeModel {
    replies: Mutex<VecDeque<Vec<ModelEvent>>>,
    usual: Option<String>,
}

impl FakeModel {
    /// A model that gives these events, one list a reply.
    pub fn scripted(replies: impl IntoIterator<Item = Vec<ModelEvent>>) -> Self {
        Self { replies: Mutex::new(replies.into_iter().collect()), usual: None }
    }

    /// A model that says these texts.
    pub fn saying<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::scripted(texts.into_iter().map(spoken))
    }

    /// A model that says this to everything.
    pub fn always_saying(text: &str) -> Self {
        Self { usual: Some(text.to_owned()), ..Self::default() }
    }

    /// Adds a text to what it will say.
    pub fn say(&self, text: &str) {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).push_back(spoken(text));
    }
}

/// A text as a model sends it: a word at a time.
fn spoken(text: &str) -> Vec<ModelEvent> {
    let words = text.split_inclusive(' ').map(|word| ModelEvent::TextDelta(word.to_owned().into()));
    let finished = ModelEvent::Finished { reason: FinishReason::Stop, usage: Usage::default() };
    words.chain([finished]).collect()
}

#[async_trait]
impl LanguageModel for FakeModel {
    fn version(&self) -> String {
        "fake-1".to_owned()
    }

    fn reply(&self, request: ModelRequest) -> ReplyStream {
        let too_large = || vec![ModelEvent::Failed { kind: FailureKind::TooLarge, is_retryable: false }];
        let declined = || vec![ModelEvent::Finished { reason: FinishReason::ContentFilter, usage: Usage::default() }];
        let usual = || self.usual.as_deref().map_or_else(declined, spoken);
        let next = || self.replies.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let events = if request.fits() { next().unwrap_or_else(usual) } else { too_large() };
        Box::pin(stream::iter(events))
    }

    async fn check(&self) -> Result<(), FailureKind> {
        Ok(())
    }
}

/// What it says is set where other vendors have the name of a model.
pub(super) fn make_model(settings: &ModelSettings) -> Result<Arc<dyn LanguageModel>, InvalidModel> {
    Ok(Arc::new(settings.model.as_deref().map_or_else(FakeModel::default, FakeModel::always_saying)))
}
