//! Languages that callers ask for by name.

use std::collections::BTreeMap;

use super::said::{Said, words};
use crate::domain::dialogue::understanding::vocabulary::{Vocabulary, WordSet};

/// A denial further back than this is about something else.
const DENIAL_REACH: usize = 3;

/// The names of languages.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct LanguageLists {
    /// By their codes, in the form of BCP 47.
    /// Source: ISO 639-1 for the codes.
    names: BTreeMap<String, WordSet>,
    denials: WordSet,
}

impl Vocabulary {
    /// Reads the languages named in what was said, in order, each once, as codes. "Not English" and "no Hindi" name
    /// none.
    pub fn languages(&self, text: &str) -> Vec<&str> {
        let words = words(text);
        let mut found: Vec<&str> = Vec::new();
        for at in 0..words.len() {
            let Some(code) = self.languages.code_of(&words[at].plain) else { continue };
            if !self.languages.is_denied(&words[..at]) && !found.contains(&code) {
                found.push(code);
            }
        }
        found
    }
}

impl LanguageLists {
    fn code_of(&self, word: &str) -> Option<&str> {
        self.names.iter().find(|(_, names)| names.has(word)).map(|(code, _)| code.as_str())
    }

    /// A denial reaches the next language only: "I don't speak English, Kannada please".
    fn is_denied(&self, before: &[Said]) -> bool {
        let near = before.iter().rev().take(DENIAL_REACH);
        let mut open = near.take_while(|word| !word.ends_clause && self.code_of(&word.plain).is_none());
        open.any(|word| self.denials.has(&word.plain))
    }
}

#[cfg(test)]
mod tests;
