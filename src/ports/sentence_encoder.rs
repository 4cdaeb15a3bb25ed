//! The encoder of sentences: words in, a place among meanings out.

use crate::domain::hearing::{SentenceVector, SentenceVectors, Transcript, clauses};

/// Places sentences: one for the whole process.
pub trait SentenceEncoder: Send + Sync {
    /// The name and version that trained weights carry, such as `all-MiniLM-L6-v2-int8`.
    fn version(&self) -> String;

    /// Places one sentence. Takes milliseconds of computing: never on the async runtime.
    ///
    /// Errors: go on without; understanding then works on the words alone.
    fn encode(&self, text: &str) -> Result<SentenceVector, SentenceEncoderError>;

    /// Places the best reading of a transcript, and its clauses where it has several.
    ///
    /// Errors: the transcript stays as it was.
    fn encode_transcript(&self, transcript: &mut Transcript) -> Result<(), SentenceEncoderError> {
        let text = transcript.text().trim();
        if text.is_empty() {
            return Ok(());
        }
        let whole = self.encode(text)?;
        let parts = clauses(text);
        let parts = if parts.len() < 2 { &[] } else { parts.as_slice() };
        let clauses = parts.iter().map(|clause| self.encode(&clause.text)).collect::<Result<_, _>>()?;
        transcript.vectors = Some(SentenceVectors { whole, clauses });
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SentenceEncoderError {
    #[error("the sentence encoder is unavailable: {remedy}")]
    Unavailable { remedy: String },
    #[error("the sentence encoder failed: {reason}")]
    Failed { reason: String },
}
