//! From a clause in words to the voice's phonemes.

use std::sync::{Mutex, PoisonError};

use misaki_rs::{G2P, Language};

use crate::domain::speech::RecentlyUsed;
use crate::ports::text_to_speech::TextToSpeechError;

use super::pronunciations::Pronunciations;
use super::unknown_words::UnknownWords;

/// Clauses whose phonemes are remembered; the least recently used is forgotten, and read again if needed.
const CLAUSES_KEPT_MAX: usize = 4_096;

/// The dictionary, the tagger and the table of pronunciations: about 100 MB, one a process.
pub(super) struct Phonemiser {
    dictionary: G2P,
    pronunciations: Pronunciations,
    read: Mutex<RecentlyUsed<String, String>>,
}

impl Phonemiser {
    /// Loads the dictionary, which takes about a quarter of a second.
    pub(super) fn new(unknown_words: UnknownWords, pronunciations: Pronunciations) -> Self {
        let mut dictionary = G2P::with_fallback(Language::EnglishUS, Some(Box::new(unknown_words)));
        // What cannot be read at all is left out.
        dictionary.unk = String::new();
        Self { dictionary, pronunciations, read: Mutex::new(RecentlyUsed::new(CLAUSES_KEPT_MAX)) }
    }

    /// The phonemes of one clause, from memory if it was read lately.
    ///
    /// Errors: the dictionary refused the text.
    pub(super) fn phonemes(&self, clause: &str) -> Result<String, TextToSpeechError> {
        let known = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(clause).cloned();
        if let Some(phonemes) = known {
            return Ok(phonemes);
        }
        let (phonemes, _) = self.dictionary.g2p(&self.pronunciations.mark_up(clause)).map_err(super::failed)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(clause.to_owned(), phonemes.clone(), 1);
        Ok(phonemes)
    }
}
