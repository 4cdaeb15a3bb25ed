//! What the two wire formats share: bytes become events, events become what a model says.

use super::sse::{SseFramer, TooLong};
use crate::ports::language_model::{FailureKind, FinishReason, ModelEvent, REPLY_BYTES_MAX, TOOL_CALLS_MAX, Usage};

/// A failure, and whether asking again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) kind: FailureKind,
    pub(super) is_retryable: bool,
}

impl Failure {
    pub(super) const fn lasting(kind: FailureKind) -> Self {
        Self { kind, is_retryable: false }
    }

    pub(super) const fn passing(kind: FailureKind) -> Self {
        Self { kind, is_retryable: true }
    }
}

/// How far a reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    GoesOn,
    /// The vendor's last event has come.
    Complete,
}

/// One vendor's events.
pub(super) trait EventDecoder: Send {
    /// Decodes the data of one event.
    fn decode(&mut self, data: &str, out: &mut Vec<ModelEvent>) -> Result<Progress, Failure>;

    /// Closes the reply: why it stopped, or none if the vendor has not said so.
    fn finish(&mut self, out: &mut Vec<ModelEvent>) -> Option<(FinishReason, Usage)>;
}

/// Decodes one reply from its bytes, within the bounds of a reply.
pub struct StreamDecoder {
    framer: SseFramer,
    events: Box<dyn EventDecoder>,
    bytes: usize,
    is_complete: bool,
}

impl StreamDecoder {
    pub(super) fn new(events: Box<dyn EventDecoder>) -> Self {
        Self { framer: SseFramer::default(), events, bytes: 0, is_complete: false }
    }

    /// Takes what arrived; what comes after the vendor's last event is not read.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<ModelEvent>) -> Result<Progress, Failure> {
        if self.is_complete {
            return Ok(Progress::Complete);
        }
        let mut decoded = Ok(Progress::GoesOn);
        let (events, before) = (&mut self.events, out.len());
        let framed = self.framer.push(bytes, &mut |data| {
            if decoded == Ok(Progress::GoesOn) {
                decoded = events.decode(&data, out);
            }
        });
        let progress = decoded?;
        framed.map_err(|TooLong| Failure::lasting(FailureKind::TooLarge))?;
        self.bytes += out[before..].iter().map(size).sum::<usize>();
        if REPLY_BYTES_MAX < self.bytes {
            return Err(Failure::lasting(FailureKind::TooLarge));
        }
        self.is_complete = progress == Progress::Complete;
        Ok(progress)
    }

    /// Ends the reply: the last event is `Finished`, or an error if the vendor never came to an end.
    pub(super) fn finish(&mut self, out: &mut Vec<ModelEvent>) -> Result<(), Failure> {
        let (reason, usage) = self.events.finish(out).ok_or(Failure::passing(FailureKind::Interrupted))?;
        out.push(ModelEvent::Finished { reason, usage });
        Ok(())
    }

    /// All events of a recorded reply, the last of them `Finished` or `Failed`.
    pub fn replay(mut self, bytes: &[u8]) -> Vec<ModelEvent> {
        let mut events = Vec::new();
        let ended = self.push(bytes, &mut events).and_then(|_| self.finish(&mut events));
        if let Err(Failure { kind, is_retryable }) = ended {
            events.push(ModelEvent::Failed { kind, is_retryable });
        }
        events
    }
}

fn size(event: &ModelEvent) -> usize {
    match event {
        ModelEvent::TextDelta(text) | ModelEvent::ToolCallArgs { fragment: text, .. } => text.reveal().len(),
        ModelEvent::ToolCallStart { id, name, .. } => id.len() + name.len(),
        ModelEvent::Late | ModelEvent::Finished { .. } | ModelEvent::Failed { .. } => 0,
    }
}

/// One more tool call, if there may be one.
pub(super) const fn may_open_call(open: usize) -> Result<(), Failure> {
    if open < TOOL_CALLS_MAX { Ok(()) } else { Err(Failure::lasting(FailureKind::TooLarge)) }
}
