//! Streaming speech recognition.
//!
//! One stream is one call. The call decides where a segment begins and when a reading is wanted;
//! the recogniser never blocks the audio path and answers through a sink.

use std::sync::Arc;
use std::time::Duration;

pub use crate::domain::hearing::ReadingPurpose;
use crate::domain::hearing::{RecognitionContext, Transcript};
use crate::domain::values::{CallId, SegmentId};

/// What comes back for one reading.
#[derive(Clone, Debug)]
pub struct Reading {
    pub segment: SegmentId,
    /// The number given to [`SpeechToTextStream::transcribe`].
    pub revision: u32,
    pub purpose: ReadingPurpose,
    pub result: Result<Transcript, SpeechToTextError>,
    /// How long recognition itself took, and how long the request waited for its turn.
    pub decode: Duration,
    pub queued: Duration,
}

/// Where readings go. Must not block.
pub type ReadingSink = Arc<dyn Fn(Reading) + Send + Sync>;

/// A recogniser: one for the whole process.
pub trait SpeechToText: Send + Sync {
    /// The name and version that outcome records carry, such as `moonshine-tiny-en-int8`.
    fn version(&self) -> String;

    /// Opens the recognition of one call.
    ///
    /// Errors: [`SpeechToTextError::Unavailable`] when it cannot be reached or its model is missing.
    fn open(&self, call: CallId, sink: ReadingSink) -> Result<Box<dyn SpeechToTextStream>, SpeechToTextError>;
}

/// The recognition of one call. Dropping it ends the stream and forgets its audio.
pub trait SpeechToTextStream: Send {
    /// The rate [`push`](Self::push) takes, in Hz: 8 000 or 16 000.
    fn sample_rate_hz(&self) -> u32;

    /// Takes the caller's audio, without gaps, speech or not.
    ///
    /// Shape: mono, 20 ms a call. Never blocks; does not allocate on the steady path.
    fn push(&mut self, samples: &[i16]);

    /// Says what is awaited from now on. Takes effect with the next reading.
    fn expect(&mut self, context: Arc<RecognitionContext>);

    /// Starts a segment `pre_roll` before the newest sample.
    ///
    /// Order: ends the segment before it, if that is still open.
    fn begin_segment(&mut self, segment: SegmentId, pre_roll: Duration);

    /// Asks for a reading of the segment up to the newest sample; the answer goes to the sink, exactly once,
    /// unless a later request for the same segment replaces it ([`SpeechToTextError::Superseded`] is then sent).
    fn transcribe(&mut self, segment: SegmentId, revision: u32, purpose: ReadingPurpose);

    /// Ends the segment; no further reading of it will be asked for.
    fn end_segment(&mut self, segment: SegmentId);
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechToTextError {
    #[error("the recogniser is unavailable: {remedy}")]
    Unavailable { remedy: String },
    #[error("the recogniser is overloaded; ask again or do without")]
    Overloaded,
    #[error("a later request replaced this one")]
    Superseded,
    #[error("the recogniser failed: {reason}")]
    Failed { reason: String },
}
