//! What the recogniser is told before it listens, and what it says it heard.

mod clauses;
mod context;
mod sentence_vector;
mod transcript;

#[cfg(test)]
mod tests;

pub use clauses::{CLAUSES_MAX, Clause, clauses};
pub use context::{Awaited, BiasPhrase, DigitCount, RecognitionContext};
pub use sentence_vector::{SENTENCE_DIMENSIONS, SentenceVector, SentenceVectors, WrongDimensions};
pub use transcript::{HeardWord, Hypothesis, ReadingPurpose, Transcript};
