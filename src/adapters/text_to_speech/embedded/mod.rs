//! The voice inside the server: dictionary, voice model, waveform, all on the inference threads.

mod phonemes;
mod pronunciations;
mod synthesis;
mod unknown_words;
mod waveform;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::adapters::inference::{InferencePool, Rank, environment};
use crate::domain::audio::shape_clause;
use crate::domain::speech::{Locale, normalise, pause_after, split_clauses};
use crate::ports::text_to_speech::{
    SpeakingRate, SpeechContextId, SpeechEvent, SpeechRequest, SpeechSink, TextToSpeech, TextToSpeechError, Urgency,
};

use phonemes::Phonemiser;
pub use pronunciations::Pronunciations;
use synthesis::{Alphabet, Synthesiser};
use unknown_words::UnknownWords;
use waveform::{SAMPLE_RATE_HZ, WaveformMaker};

/// Bytes of one request: about two minutes of speech.
const TEXT_BYTES_MAX: usize = 2_000;

/// The embedded voice; one for the whole process.
pub struct EmbeddedVoice {
    voice: Arc<Voice>,
    pool: Arc<InferencePool>,
    locale: Locale,
    version: String,
}

impl EmbeddedVoice {
    /// Loads dictionary and models, which takes about half a second.
    ///
    /// Shape: `models_dir` holds `hibari/` and `onnxruntime/`; digits and symbols left in a text are read the way of
    /// `locale`; `sessions` is the number of inference threads.
    /// Errors: a file is missing or wrong, or an entry of `pronunciations` is; the text says which.
    pub fn load(
        models_dir: &Path,
        pronunciations: &Path,
        locale: Locale,
        pool: Arc<InferencePool>,
        sessions: usize,
    ) -> Result<Self, TextToSpeechError> {
        let library = models_dir.join("onnxruntime/libonnxruntime.so");
        let environment = environment(&library).map_err(|remedy| TextToSpeechError::Unavailable { remedy })?;
        let hibari = models_dir.join("hibari");
        let alphabet = Alphabet::load(&hibari.join("vocab.json"))?;
        let pronunciations = Pronunciations::load(pronunciations, |phoneme| alphabet.knows(phoneme))?;
        // The table is part of what is heard: clips of another table are another voice's.
        let version = format!("hibari-heart-0.2.1+rules-1+words-{}-{}", pronunciations.digest(), locale.version());
        let unknown_words = UnknownWords::load(environment, &hibari.join("oov.onnx"), &hibari.join("oov.json"))?;
        let waveform = WaveformMaker::new();
        let synthesisers = (0..sessions.max(1))
            .map(|_| Synthesiser::load(environment, &hibari.join("hibari.onnx"), waveform.clone()))
            .collect::<Result<_, _>>()?;
        let voice = Voice {
            phonemiser: Phonemiser::new(unknown_words, pronunciations),
            alphabet,
            synthesisers: Mutex::new(synthesisers),
            returned: Condvar::new(),
            speaking: Mutex::new(BTreeMap::new()),
        };
        Ok(Self { voice: Arc::new(voice), pool, locale, version })
    }
}

impl TextToSpeech for EmbeddedVoice {
    fn version(&self) -> String {
        self.version.clone()
    }

    fn sample_rate_hz(&self) -> u32 {
        SAMPLE_RATE_HZ
    }

    fn speak(&self, request: SpeechRequest, sink: SpeechSink) {
        let rank = match request.urgency {
            Urgency::Ahead => Rank::PrepareSpeech,
            Urgency::Soon => Rank::LikelySpeech,
            Urgency::Now => Rank::WantedSpeech,
        };
        let (context, call) = (request.context, request.call);
        self.voice.begin(context, sink);
        let (voice, locale) = (Arc::clone(&self.voice), self.locale);
        if self.pool.submit(rank, call, move || voice.run(&request, locale)).is_err() {
            self.voice.end(context, Err(TextToSpeechError::Overloaded));
        }
    }

    fn cancel(&self, context: SpeechContextId) {
        self.voice.end(context, Err(TextToSpeechError::Cancelled));
    }
}

/// What the jobs share.
struct Voice {
    phonemiser: Phonemiser,
    alphabet: Alphabet,
    /// Models not in use.
    synthesisers: Mutex<Vec<Synthesiser>>,
    returned: Condvar,
    /// Contexts without their last event.
    speaking: Mutex<BTreeMap<SpeechContextId, SpeechSink>>,
}

impl Voice {
    fn begin(&self, context: SpeechContextId, sink: SpeechSink) {
        let replaced = lock(&self.speaking).insert(context, sink);
        if let Some(sink) = replaced {
            sink(SpeechEvent::Failed { context, error: TextToSpeechError::Cancelled });
        }
    }

    /// Sends the last event of a context, once.
    fn end(&self, context: SpeechContextId, result: Result<(), TextToSpeechError>) {
        let Some(sink) = lock(&self.speaking).remove(&context) else { return };
        sink(match result {
            Ok(()) => SpeechEvent::Finished { context },
            Err(error) => SpeechEvent::Failed { context, error },
        });
    }

    fn sink_of(&self, context: SpeechContextId) -> Option<SpeechSink> {
        lock(&self.speaking).get(&context).cloned()
    }

    fn run(&self, request: &SpeechRequest, locale: Locale) {
        if self.sink_of(request.context).is_none() {
            return;
        }
        // A panic in a dictionary or a model must cost one clause, not an inference thread.
        let result = catch_unwind(AssertUnwindSafe(|| self.speak_clauses(request, locale)))
            .unwrap_or_else(|_| Err(TextToSpeechError::Failed { reason: "the voice panicked".to_owned() }));
        self.end(request.context, result);
    }

    fn speak_clauses(&self, request: &SpeechRequest, locale: Locale) -> Result<(), TextToSpeechError> {
        if TEXT_BYTES_MAX < request.text.len() {
            return Err(TextToSpeechError::Failed {
                reason: format!("the text is longer than {TEXT_BYTES_MAX} bytes"),
            });
        }
        for clause in split_clauses(&request.text) {
            let samples = self.speak_clause(&normalise(locale, clause), request.rate)?;
            let Some(sink) = self.sink_of(request.context) else { return Ok(()) };
            if !samples.is_empty() {
                sink(SpeechEvent::Audio { context: request.context, samples: samples.into() });
            }
        }
        Ok(())
    }

    fn speak_clause(&self, clause: &str, rate: SpeakingRate) -> Result<Vec<i16>, TextToSpeechError> {
        let phonemes = self.phonemiser.phonemes(clause)?;
        let mut synthesiser = Borrowed::from(self);
        let samples = synthesiser.get().speak(&self.alphabet, &phonemes, rate)?;
        Ok(shape_clause(&samples, SAMPLE_RATE_HZ, pause_after(clause)))
    }
}

/// A model taken out of the shared set, put back when dropped.
struct Borrowed<'a> {
    voice: &'a Voice,
    synthesiser: Option<Synthesiser>,
}

impl<'a> Borrowed<'a> {
    /// Waits while all are in use: with one model an inference thread, never.
    fn from(voice: &'a Voice) -> Self {
        let mut idle = voice
            .returned
            .wait_while(lock(&voice.synthesisers), |idle| idle.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        Self { voice, synthesiser: idle.pop() }
    }

    fn get(&mut self) -> &mut Synthesiser {
        self.synthesiser.as_mut().expect("held until dropped")
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        lock(&self.voice.synthesisers).extend(self.synthesiser.take());
        self.voice.returned.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unavailable(path: &Path, error: &(impl Display + ?Sized)) -> TextToSpeechError {
    TextToSpeechError::Unavailable { remedy: format!("{}: {error}", path.display()) }
}

fn failed(error: impl Display) -> TextToSpeechError {
    TextToSpeechError::Failed { reason: error.to_string() }
}

#[cfg(test)]
mod tests;
