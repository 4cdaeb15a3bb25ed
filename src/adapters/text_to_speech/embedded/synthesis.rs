//! The voice model: phonemes in, samples out.

use std::collections::BTreeMap;
use std::path::Path;

use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;

use crate::ports::text_to_speech::{SpeakingRate, TextToSpeechError};

use super::waveform::{BINS, SpectrumParts, WaveformMaker};
use super::{failed, unavailable};

/// Phonemes one run may take; the model was trained on no more than about 500.
pub(super) const PHONEMES_MAX: usize = 400;

/// The phonemes the model knows, by number.
#[derive(Debug)]
pub(super) struct Alphabet(BTreeMap<char, i64>);

impl Alphabet {
    /// Errors: the file is missing or not the model's `vocab.json`.
    pub(super) fn load(path: &Path) -> Result<Self, TextToSpeechError> {
        let text = std::fs::read_to_string(path).map_err(|error| unavailable(path, &error))?;
        serde_json::from_str(&text).map(Self).map_err(|error| unavailable(path, &error))
    }

    pub(super) fn knows(&self, phoneme: char) -> bool {
        self.0.contains_key(&phoneme)
    }

    /// The model's input for `phonemes`: the known ones, between two pads.
    fn ids(&self, phonemes: &str) -> Vec<i64> {
        let known = phonemes.chars().filter_map(|phoneme| self.0.get(&phoneme).copied()).take(PHONEMES_MAX);
        std::iter::once(0).chain(known).chain(std::iter::once(0)).collect()
    }
}

/// One loaded model; a thread at a time.
pub(super) struct Synthesiser {
    session: Session,
    waveform: WaveformMaker,
}

impl Synthesiser {
    /// Errors: the file is missing or not this model.
    pub(super) fn load(
        environment: &Environment,
        path: &Path,
        waveform: WaveformMaker,
    ) -> Result<Self, TextToSpeechError> {
        Ok(Self { session: load_session(environment, path)?, waveform })
    }

    /// Speaks one clause at 24 kHz; nothing if it holds no phoneme.
    ///
    /// Errors: the model refused the input; another clause may still work.
    pub(super) fn speak(
        &mut self,
        alphabet: &Alphabet,
        phonemes: &str,
        rate: SpeakingRate,
    ) -> Result<Vec<f32>, TextToSpeechError> {
        let ids = alphabet.ids(phonemes);
        if ids.len() < 3 {
            return Ok(Vec::new());
        }
        let speed = f32::from(rate.0.clamp(50, 200)) / 100.0;
        let ids = Tensor::from_array(([1, ids.len()], ids)).map_err(failed)?;
        let speed = Tensor::from_array(([1], vec![speed])).map_err(failed)?;
        let outputs = self.session.run(ort::inputs!["ids" => ids, "speed" => speed]).map_err(failed)?;
        let part = |name: &str| match outputs.get(name) {
            Some(value) => value.try_extract_tensor::<f32>().map(|(_, values)| values).map_err(failed),
            None => Err(TextToSpeechError::Failed { reason: format!("the voice model gives no {name}") }),
        };
        let parts = SpectrumParts {
            harmonic_log: part("lh")?,
            harmonic_turn: part("theta")?,
            noise_log: part("ln")?,
            free_log: part("lr")?,
            free_phase: part("phi")?,
            f0_hz: part("f0")?,
        };
        require_shape(&parts)?;
        Ok(self.waveform.samples(&parts))
    }
}

fn require_shape(parts: &SpectrumParts<'_>) -> Result<(), TextToSpeechError> {
    let frames = parts.f0_hz.len();
    let rows = [parts.harmonic_log, parts.harmonic_turn, parts.noise_log, parts.free_log, parts.free_phase];
    if 0 < frames && rows.iter().all(|row| row.len() == BINS * frames) {
        return Ok(());
    }
    Err(TextToSpeechError::Failed { reason: "the voice model gives spectra of another size".to_owned() })
}

/// A session that uses the thread it is called on and no other.
pub(super) fn load_session(environment: &Environment, path: &Path) -> Result<Session, TextToSpeechError> {
    let named = |error: &dyn std::fmt::Display| unavailable(path, error);
    Session::builder(environment)
        .map_err(|error| named(&error))?
        .with_intra_threads(1)
        .map_err(|error| named(&error))?
        .with_intra_op_spinning(false)
        .map_err(|error| named(&error))?
        .commit_from_file(path)
        .map_err(|error| named(&error))
}
