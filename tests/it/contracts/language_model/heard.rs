//! What came of a reply, in the terms both vendors share.

use std::time::Duration;

use doorstep::ports::language_model::{FailureKind, FinishReason, ModelEvent, ReplyStream, Usage};
use futures_util::StreamExt as _;

/// Far above what any reply here needs, so that a busy machine does not fail the build.
const REPLY_MAX: Duration = Duration::from_secs(20);

/// A whole reply.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Heard {
    pub(super) is_late: bool,
    pub(super) text: String,
    /// Id, name, arguments.
    pub(super) calls: Vec<(String, String, String)>,
    pub(super) end: Option<End>,
}

#[derive(Debug, PartialEq)]
pub(super) enum End {
    Finished(FinishReason, Usage),
    Failed(FailureKind, bool),
}

impl Heard {
    pub(super) fn add(&mut self, event: ModelEvent) {
        assert!(self.end.is_none(), "nothing follows the end: {event:?}");
        match event {
            ModelEvent::Late => {
                assert!(!self.is_late && self.text.is_empty(), "late is said once, before the first word");
                self.is_late = true;
            }
            ModelEvent::TextDelta(text) => self.text.push_str(text.reveal()),
            ModelEvent::ToolCallStart { call, id, name } => {
                assert_eq!(call, self.calls.len(), "calls are counted in turn");
                self.calls.push((id, name, String::new()));
            }
            ModelEvent::ToolCallArgs { call, fragment } => self.calls[call].2.push_str(fragment.reveal()),
            ModelEvent::Finished { reason, usage } => self.end = Some(End::Finished(reason, usage)),
            ModelEvent::Failed { kind, is_retryable } => self.end = Some(End::Failed(kind, is_retryable)),
        }
    }

    pub(super) fn of(events: Vec<ModelEvent>) -> Self {
        events.into_iter().fold(Self::default(), |mut heard, event| {
            heard.add(event);
            heard
        })
    }

    pub(super) fn reason(&self) -> Option<FinishReason> {
        match self.end {
            Some(End::Finished(reason, _)) => Some(reason),
            Some(End::Failed(_, _)) | None => None,
        }
    }
}

pub(super) async fn hear(mut reply: ReplyStream) -> Heard {
    let mut heard = Heard::default();
    let all = async {
        while let Some(event) = reply.next().await {
            heard.add(event);
        }
    };
    tokio::time::timeout(REPLY_MAX, all).await.expect("a reply ends by itself");
    assert!(heard.end.is_some(), "a reply says how it ended: {heard:?}");
    heard
}
