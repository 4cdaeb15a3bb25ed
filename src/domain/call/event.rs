//! Every fact that can reach a call.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::audio::Tone;
use crate::domain::dialogue::{Answerer, ModelSaid, RecordAck};
use crate::domain::hearing::{ReadingPurpose, Transcript};
use crate::domain::orders::Order;
use crate::domain::values::{CallTime, ReplyId, RequestId, SegmentId, UtteranceId};

#[derive(Clone, Debug)]
pub enum CallEvent {
    /// Audio flows both ways.
    Opened,
    /// The first sound came from the caller's side, be it noise. Without it the line carries nothing to us.
    SoundHeard,
    /// The caller's voice set in at `at`, which lies a little before now.
    VoiceStarted {
        at: CallTime,
    },
    /// The caller has been silent since `at`.
    VoiceStopped {
        at: CallTime,
    },
    /// An answer to `Transcribe`. `None`: no reading could be made.
    Read {
        segment: SegmentId,
        revision: u32,
        purpose: ReadingPurpose,
        transcript: Option<Arc<Transcript>>,
    },
    /// A machine's tone was on the line.
    ToneHeard {
        tone: Tone,
    },
    /// The carrier's opinion of who picked up.
    CarrierJudged {
        answerer: Answerer,
    },
    /// Shape: `0`–`9`, `*`, `#`.
    KeyPressed {
        key: char,
    },
    /// The first sample of a sentence reaches the caller at `at`.
    SentenceStarted {
        utterance: UtteranceId,
        sentence: usize,
        at: CallTime,
    },
    /// The caller heard the last sample of a sentence.
    SentenceEnded {
        utterance: UtteranceId,
        sentence: usize,
    },
    /// Playing was stopped inside a sentence, `played` after its start.
    SentenceCut {
        utterance: UtteranceId,
        sentence: usize,
        played: Duration,
    },
    /// No audio could be made for a sentence; it is skipped.
    SentenceFailed {
        utterance: UtteranceId,
        sentence: usize,
    },
    OrdersFound {
        request: RequestId,
        orders: Vec<Arc<Order>>,
    },
    LookupFailed {
        request: RequestId,
    },
    RequestRecorded {
        request: RequestId,
        id: String,
        ack: RecordAck,
    },
    RecordFailed {
        request: RequestId,
    },
    /// What a language model makes of a question.
    Model {
        reply: ReplyId,
        said: ModelSaid,
    },
    /// The caller's line is still on its way to the hold, and hears nothing but us.
    HandoverSlow,
    /// No person took the call: the caller is back.
    HandoverFailed,
    /// A person speaks with the caller. The line is not ours any more.
    HandedOver,
    /// The time that [`next_deadline`](super::Call::next_deadline) named has come.
    Woken,
    /// The line is gone.
    StreamClosed {
        cause: CloseCause,
    },
}

/// Why a line is gone. The first cause stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseCause {
    CallerHungUp,
    WeHungUp,
    /// A person has the caller.
    HandedOver,
    NetworkLost,
    ProviderError,
    /// The server stops and can wait no longer.
    Draining,
}
