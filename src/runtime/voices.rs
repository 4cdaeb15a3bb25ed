//! What is spoken in each language, each by a voice of its own.

use std::collections::BTreeMap;

use super::phrase_cache::PhraseCache;

/// The phrases of the shop's own voice, and of those of other languages.
pub struct Voices {
    home: PhraseCache,
    /// By language, such as `hi`.
    others: BTreeMap<String, PhraseCache>,
}

impl Voices {
    pub const fn new(home: PhraseCache, others: BTreeMap<String, PhraseCache>) -> Self {
        Self { home, others }
    }

    /// The phrases of a language; those of the shop's own where it has no voice.
    pub fn of(&self, language: &str) -> &PhraseCache {
        self.others.get(language).unwrap_or(&self.home)
    }
}
