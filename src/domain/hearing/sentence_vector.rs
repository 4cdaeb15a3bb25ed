//! What a sentence means, as a place among meanings: sentences that mean the same lie close together.

use std::{fmt, sync::Arc};

/// Numbers in a sentence vector.
pub const SENTENCE_DIMENSIONS: usize = 384;

/// A sentence as a sentence encoder places it.
///
/// Shape: [`SENTENCE_DIMENSIONS`] finite numbers, of length one together.
#[derive(Clone, PartialEq)]
pub struct SentenceVector(Arc<[f32]>);

/// A vector that is no place of a sentence; the encoder is not the one that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sentence vector has {SENTENCE_DIMENSIONS} numbers and a length")]
pub struct WrongDimensions;

impl SentenceVector {
    /// Takes in any vector and scales it to length one.
    ///
    /// Errors: it has another number of dimensions, no length, or a number that is not finite.
    pub fn normalised(values: &[f32]) -> Result<Self, WrongDimensions> {
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        if values.len() != SENTENCE_DIMENSIONS || !length.is_normal() {
            return Err(WrongDimensions);
        }
        Ok(Self(values.iter().map(|value| value / length).collect()))
    }

    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// How alike two sentences are.
    ///
    /// Shape: −1.0 to 1.0, the cosine of the angle between them.
    pub fn likeness(&self, other: &Self) -> f32 {
        self.0.iter().zip(other.0.iter()).map(|(a, b)| a * b).sum()
    }
}

impl fmt::Debug for SentenceVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sentence vector]")
    }
}

/// An utterance as the encoder places it: as a whole, and clause by clause where it has several.
#[derive(Clone, Debug, PartialEq)]
pub struct SentenceVectors {
    pub whole: SentenceVector,
    /// Order: as [`clauses`](super::clauses) gives them; empty when there is only one.
    pub clauses: Vec<SentenceVector>,
}
