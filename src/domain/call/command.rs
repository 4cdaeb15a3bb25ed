//! Everything a call can ask of the world.

use std::sync::Arc;
use std::time::Duration;

use super::minutes::Minutes;
use super::record::{HeardFact, TranscriptLine};
use crate::domain::dialogue::{HandoverOrder, ModelNote, ModelQuestion, OrderQuery, RequestKind, Saying, Sentence};
use crate::domain::hearing::{ReadingPurpose, RecognitionContext};
use crate::domain::values::{CallTime, PhoneNumber, ReplyId, RequestId, SegmentId, UtteranceId};

#[derive(Clone, Debug)]
pub enum CallCommand {
    /// Plays the sentences, in order, after whatever is queued.
    Speak {
        utterance: UtteranceId,
        saying: Arc<Saying>,
        pace_percent: u16,
    },
    /// Falls silent at once and remembers where.
    PauseSpeaking,
    /// Goes on from a little before where it fell silent.
    ResumeSpeaking,
    /// Falls silent at once and drops everything queued. Answered by `SentenceCut` if a sentence was playing.
    StopSpeaking,
    /// Has audio ready for what is likely to be said.
    Prepare {
        sentences: Vec<Sentence>,
        pace_percent: u16,
        likelihood: Likelihood,
    },
    /// Tells the recogniser what is awaited.
    Expect {
        context: Arc<RecognitionContext>,
    },
    BeginSegment {
        segment: SegmentId,
        pre_roll: Duration,
    },
    Transcribe {
        segment: SegmentId,
        revision: u32,
        purpose: ReadingPurpose,
    },
    EndSegment {
        segment: SegmentId,
    },
    LookUp {
        request: RequestId,
        query: OrderQuery,
    },
    Record {
        request: RequestId,
        what: RequestKind,
    },
    OptOut {
        request: RequestId,
        phone: PhoneNumber,
    },
    /// Asks the language model. Answered by `Model` events until it has finished, failed or is cancelled.
    AskModel {
        reply: ReplyId,
        question: Arc<ModelQuestion>,
    },
    CancelModel {
        reply: ReplyId,
    },
    /// Counts something of a model.
    NoteModel(ModelNote),
    /// Records from now on.
    StartRecording,
    StopRecording,
    /// Silences the caller's side of the recording from `from` until now.
    MaskRecording {
        from: CallTime,
    },
    /// Puts the caller through to a person. Answered by `HandedOver` or `HandoverFailed`, maybe on another stream.
    HandOver {
        order: Arc<HandoverOrder>,
        /// What was said so far, for whoever takes the call.
        transcript: Vec<TranscriptLine>,
        facts: Vec<HeardFact>,
    },
    HangUp,
    /// Stores the call. Exactly once, and last.
    Conclude {
        minutes: Box<Minutes>,
    },
}

/// How likely prepared audio is to be wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likelihood {
    /// At some point of the call.
    Later,
    /// As the answer to the turn that may be ending.
    Next,
}
