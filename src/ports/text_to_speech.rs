//! Speech synthesis, clause by clause.

use std::sync::Arc;

use crate::domain::values::CallId;

/// Identifies one synthesis; late audio of a cancelled one is recognised by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpeechContextId(pub u64);

/// How soon the audio is needed; its rank in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Something the call may say later. First to be put off under load.
    Ahead,
    /// An answer being prepared while the turn may be ending.
    Soon,
    /// The caller is waiting.
    Now,
}

/// How fast the voice speaks, in percent of its normal pace.
///
/// Shape: 50 to 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpeakingRate(pub u16);

impl SpeakingRate {
    pub const NORMAL: Self = Self(100);
    pub const SLOW: Self = Self(80);
}

/// One clause or short sentence to be spoken.
#[derive(Clone, Debug)]
pub struct SpeechRequest {
    pub context: SpeechContextId,
    /// Whose call it is for, for fairness; none when rendered at start.
    pub call: Option<CallId>,
    /// Words as a person would say them; digits, money and dates may remain and are put into words.
    pub text: String,
    pub rate: SpeakingRate,
    pub urgency: Urgency,
}

/// What comes back. Every context ends with exactly one `Finished` or `Failed`.
#[derive(Clone, Debug)]
pub enum SpeechEvent {
    /// Shape: mono PCM at [`TextToSpeech::sample_rate_hz`], in order, any length.
    Audio {
        context: SpeechContextId,
        samples: Arc<[i16]>,
    },
    /// Where each word begins, if the voice tells: word, milliseconds from the start of the context.
    WordTimes {
        context: SpeechContextId,
        words: Vec<(String, u32)>,
    },
    Finished {
        context: SpeechContextId,
    },
    Failed {
        context: SpeechContextId,
        error: TextToSpeechError,
    },
}

/// Where synthesis goes. Must not block.
pub type SpeechSink = Arc<dyn Fn(SpeechEvent) + Send + Sync>;

/// A voice: one for the whole process.
pub trait TextToSpeech: Send + Sync {
    /// Name and version of voice and text rules, such as `hibari-heart-0.2.1+rules-1`.
    ///
    /// Two equal versions speak the same text with the same samples: the phrase cache is keyed by it.
    fn version(&self) -> String;

    /// The rate of the audio it gives, in Hz.
    fn sample_rate_hz(&self) -> u32;

    /// Starts one synthesis; never blocks.
    fn speak(&self, request: SpeechRequest, sink: SpeechSink);

    /// Gives a synthesis up. Its remaining events may still come and are to be ignored.
    fn cancel(&self, context: SpeechContextId);
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextToSpeechError {
    #[error("the voice is unavailable: {remedy}")]
    Unavailable { remedy: String },
    #[error("the voice is overloaded; ask again or use a ready phrase")]
    Overloaded,
    #[error("the synthesis was cancelled")]
    Cancelled,
    #[error("the voice failed: {reason}")]
    Failed { reason: String },
}
