//! Phonemes for words no dictionary has: brands, places, names.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use misaki_rs::Fallback;
use misaki_rs::fallback::FallbackError;
use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;

use crate::domain::speech::RecentlyUsed;
use crate::ports::text_to_speech::TextToSpeechError;

use super::synthesis::load_session;
use super::unavailable;

/// Words remembered; the least recently used is forgotten, and read again if needed.
const WORDS_KEPT_MAX: usize = 4_096;

/// The model's two alphabets, as its `oov.json` gives them.
#[derive(serde::Deserialize)]
struct Letters {
    #[serde(rename = "in")]
    letters: Vec<char>,
    #[serde(rename = "out")]
    phonemes: Vec<char>,
    #[serde(rename = "maxlen")]
    letters_max: usize,
}

/// A spelling-to-sound model, one word at a time.
pub(super) struct UnknownWords {
    model: Mutex<Session>,
    ids: BTreeMap<char, i64>,
    phonemes: Vec<char>,
    letters_max: usize,
    known: Mutex<RecentlyUsed<String, String>>,
}

impl UnknownWords {
    /// Errors: a file is missing or not of this model.
    pub(super) fn load(environment: &Environment, model: &Path, letters: &Path) -> Result<Self, TextToSpeechError> {
        let text = std::fs::read_to_string(letters).map_err(|error| unavailable(letters, &error))?;
        let alphabet: Letters = serde_json::from_str(&text).map_err(|error| unavailable(letters, &error))?;
        Ok(Self {
            model: Mutex::new(load_session(environment, model)?),
            ids: alphabet.letters.iter().copied().zip(1..).collect(),
            phonemes: alphabet.phonemes,
            letters_max: alphabet.letters_max,
            known: Mutex::new(RecentlyUsed::new(WORDS_KEPT_MAX)),
        })
    }

    /// None if the word has no letter the model knows, or the model fails.
    fn read(&self, word: &str) -> Option<String> {
        let ids: Vec<i64> =
            word.chars().filter_map(|letter| self.ids.get(&letter).copied()).take(self.letters_max).collect();
        if ids.is_empty() {
            return None;
        }
        let input = Tensor::from_array(([1, ids.len()], ids)).ok()?;
        let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = model.run(ort::inputs!["chars" => input]).ok()?;
        let (_, path) = outputs.get("ids")?.try_extract_tensor::<i64>().ok()?;
        Some(self.collapse(path))
    }

    /// Drops repeats and blanks from the model's path.
    fn collapse(&self, path: &[i64]) -> String {
        let mut previous = 0;
        let mut phonemes = String::new();
        for &step in path {
            if step != previous && 0 < step {
                phonemes.extend(usize::try_from(step - 1).ok().and_then(|index| self.phonemes.get(index)));
            }
            previous = step;
        }
        phonemes
    }
}

impl Fallback for UnknownWords {
    fn phonemize(&self, word: &str) -> Result<String, FallbackError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(word).cloned();
        if let Some(phonemes) = known {
            return Ok(phonemes);
        }
        // A word in letters the model does not know is silent: an error here would silence the whole clause.
        let phonemes = self.read(word).unwrap_or_default();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(word.to_owned(), phonemes.clone(), 1);
        Ok(phonemes)
    }
}
