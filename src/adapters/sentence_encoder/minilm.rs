//! all-MiniLM-L6-v2 with eight-bit weights: 384 numbers a sentence, in some milliseconds of one thread.
//!
//! Source: the sentence-transformers model card: mean over the tokens, then length one.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use ort::session::Session;
use ort::value::Tensor;

use super::wordpiece::WordPiece;
use crate::adapters::inference;
use crate::domain::hearing::{SENTENCE_DIMENSIONS, SentenceVector};
use crate::ports::sentence_encoder::{SentenceEncoder, SentenceEncoderError};

/// The version that trained weights carry.
pub const VERSION: &str = "all-MiniLM-L6-v2-int8";

/// The model and its vocabulary, shared by all calls.
pub struct MiniLm {
    tokenizer: WordPiece,
    sessions: Vec<Mutex<Session>>,
}

impl MiniLm {
    /// Loads `sessions` copies of the model from `models_dir`; one for each inference thread lets none wait.
    ///
    /// Errors: [`SentenceEncoderError::Unavailable`] names the file that is missing or unusable.
    pub fn load(models_dir: &Path, sessions: usize) -> Result<Self, SentenceEncoderError> {
        let unavailable = |remedy| SentenceEncoderError::Unavailable { remedy };
        let tokenizer = WordPiece::load(&models_dir.join("minilm/vocab.txt")).map_err(unavailable)?;
        let session = |_| inference::session(models_dir, "minilm/model.onnx").map(Mutex::new);
        let sessions = (0..sessions.max(1)).map(session).collect::<Result<_, _>>().map_err(unavailable)?;
        Ok(Self { tokenizer, sessions })
    }

    /// A session that nobody uses, else the first one that is given back.
    fn session(&self) -> MutexGuard<'_, Session> {
        for session in &self.sessions {
            match session.try_lock() {
                Ok(session) => return session,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => (),
            }
        }
        self.sessions[0].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, ids: Vec<i64>) -> Result<Vec<f32>, ort::Error> {
        let shape = [1, ids.len()];
        let (seen, first_sentence) = (vec![1_i64; ids.len()], vec![0_i64; ids.len()]);
        let inputs = ort::inputs![
            "input_ids" => Tensor::from_array((shape, ids))?,
            "attention_mask" => Tensor::from_array((shape, seen))?,
            "token_type_ids" => Tensor::from_array((shape, first_sentence))?,
        ];
        let mut session = self.session();
        let outputs = session.run(inputs)?;
        let (_, tokens) = outputs["last_hidden_state"].try_extract_tensor::<f32>()?;
        Ok(sum_over_tokens(tokens))
    }
}

impl SentenceEncoder for MiniLm {
    fn version(&self) -> String {
        VERSION.to_owned()
    }

    fn encode(&self, text: &str) -> Result<SentenceVector, SentenceEncoderError> {
        let failed = |reason| SentenceEncoderError::Failed { reason };
        let sum = self.run(self.tokenizer.read(text)).map_err(|error| failed(error.to_string()))?;
        SentenceVector::normalised(&sum).map_err(|error| failed(error.to_string()))
    }
}

/// The mean but for a factor, which scaling to length one takes away.
fn sum_over_tokens(tokens: &[f32]) -> Vec<f32> {
    let mut sum = vec![0.0; SENTENCE_DIMENSIONS];
    for token in tokens.chunks_exact(SENTENCE_DIMENSIONS) {
        sum.iter_mut().zip(token).for_each(|(sum, value)| *sum += value);
    }
    sum
}

#[cfg(test)]
mod tests;
