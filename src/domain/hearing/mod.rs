//! What the recogniser is told before it listens, and what it says it heard.

mod context;
mod transcript;

pub use context::{Awaited, BiasPhrase, DigitCount, RecognitionContext};
pub use transcript::{HeardWord, Hypothesis, ReadingPurpose, Transcript};
