//! The embedded recogniser as a whole: the model's sessions and the pool they run on.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::codes::{CodeTree, Sayings};
use super::digit_ear::DigitEar;
use super::network::Network;
use super::phrasing::Phrasing;
use super::postcodes::Postcode;
use super::reading::{self, Knowledge, Question};
use super::stream::EmbeddedStream;
use super::tokenizer::Tokenizer;
use crate::adapters::inference::InferencePool;
use crate::domain::hearing::Transcript;
use crate::domain::values::CallId;
use crate::ports::speech_to_text::{ReadingSink, SpeechToText, SpeechToTextError, SpeechToTextStream};

/// Moonshine tiny-en, shared by all calls.
pub struct EmbeddedRecogniser {
    model: Arc<Model>,
    pool: Arc<InferencePool>,
}

impl EmbeddedRecogniser {
    /// Loads `sessions` copies of the model from `models_dir`; one for each thread of `pool` lets none wait.
    ///
    /// Errors: [`SpeechToTextError::Unavailable`] names the file that is missing or unusable.
    pub fn load(models_dir: &Path, pool: Arc<InferencePool>, sessions: usize) -> Result<Self, SpeechToTextError> {
        let unavailable = |remedy| SpeechToTextError::Unavailable { remedy };
        let tokenizer = Tokenizer::load(&models_dir.join("moonshine-tiny-en/tokenizer.bin")).map_err(unavailable)?;
        let sayings = Sayings::new(&tokenizer);
        let networks = (0..sessions.max(1)).map(|_| Network::load(models_dir)).collect::<Result<_, _>>();
        let networks = Mutex::new(networks.map_err(unavailable)?);
        Ok(Self {
            model: Arc::new(Model {
                knowledge: Knowledge {
                    postcodes: CodeTree::of(&Postcode, &sayings),
                    sayings,
                    tokenizer,
                    ear: DigitEar::trained(),
                    phrasing: Phrasing::default(),
                },
                networks,
                returned: Condvar::new(),
            }),
            pool,
        })
    }

    /// Hears better what is put as in these utterances, in small letters and without marks.
    ///
    /// Has no effect once a stream is open.
    #[must_use]
    pub fn knowing<'a>(mut self, utterances: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(Model { knowledge, .. }) = Arc::get_mut(&mut self.model) {
            knowledge.phrasing = Phrasing::of(utterances, &knowledge.tokenizer);
        }
        self
    }
}

impl SpeechToText for EmbeddedRecogniser {
    fn version(&self) -> String {
        "moonshine-tiny-en-int8".to_owned()
    }

    fn open(&self, call: CallId, sink: ReadingSink) -> Result<Box<dyn SpeechToTextStream>, SpeechToTextError> {
        Ok(Box::new(EmbeddedStream::open(Arc::clone(&self.model), Arc::clone(&self.pool), call, sink)))
    }
}

/// What all readings share, and the sessions that no job is using.
pub(super) struct Model {
    knowledge: Knowledge,
    networks: Mutex<Vec<Network>>,
    returned: Condvar,
}

impl Model {
    /// Blocks until a session is free; only inference threads call it.
    pub(super) fn read(&self, question: &Question<'_>) -> Result<Transcript, SpeechToTextError> {
        let mut borrowed = Borrowed { model: self, network: Some(self.take()) };
        let result = match &mut borrowed.network {
            Some(network) => reading::read(network, &self.knowledge, question),
            None => return Err(SpeechToTextError::Overloaded),
        };
        result.map_err(|error| SpeechToTextError::Failed { reason: error.to_string() })
    }

    fn take(&self) -> Network {
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match networks.pop() {
                Some(network) => return network,
                None => networks = self.returned.wait(networks).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// Brings the sessions back, also after a panic.
struct Borrowed<'a> {
    model: &'a Model,
    network: Option<Network>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        self.model.networks.lock().unwrap_or_else(PoisonError::into_inner).extend(self.network.take());
        self.model.returned.notify_one();
    }
}

#[cfg(test)]
mod tests;
