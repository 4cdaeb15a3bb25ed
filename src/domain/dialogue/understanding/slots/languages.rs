//! Languages that callers ask for by name.

use super::said::{Said, plain, words};

/// A denial further back than this is about something else.
const DENIAL_REACH: usize = 3;

/// A language by its code.
/// Source: ISO 639-1 for the codes, in the form of BCP 47.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(&'static str);

impl Language {
    pub const fn code(self) -> &'static str {
        self.0
    }
}

const NAMES: &[(&str, &str)] = &[
    ("arabic", "ar"),
    ("assamese", "as"),
    ("bangla", "bn"),
    ("bengali", "bn"),
    ("cantonese", "yue"),
    ("chinese", "zh"),
    ("czech", "cs"),
    ("danish", "da"),
    ("deutsch", "de"),
    ("dutch", "nl"),
    ("english", "en"),
    ("espanol", "es"),
    ("español", "es"),
    ("farsi", "fa"),
    ("filipino", "fil"),
    ("finnish", "fi"),
    ("french", "fr"),
    ("german", "de"),
    ("greek", "el"),
    ("gujarati", "gu"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("hungarian", "hu"),
    ("indonesian", "id"),
    ("italian", "it"),
    ("japanese", "ja"),
    ("kannada", "kn"),
    ("konkani", "kok"),
    ("korean", "ko"),
    ("malay", "ms"),
    ("malayalam", "ml"),
    ("mandarin", "zh"),
    ("marathi", "mr"),
    ("nepali", "ne"),
    ("norwegian", "no"),
    ("odia", "or"),
    ("oriya", "or"),
    ("persian", "fa"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("punjabi", "pa"),
    ("romanian", "ro"),
    ("russian", "ru"),
    ("sinhala", "si"),
    ("spanish", "es"),
    ("swahili", "sw"),
    ("swedish", "sv"),
    ("tagalog", "tl"),
    ("tamil", "ta"),
    ("telugu", "te"),
    ("thai", "th"),
    ("turkish", "tr"),
    ("ukrainian", "uk"),
    ("urdu", "ur"),
    ("vietnamese", "vi"),
    ("welsh", "cy"),
];

/// Reads the languages named in what was said, in order, each once. "Not English" and "no Hindi" name none.
pub fn languages(text: &str) -> Vec<Language> {
    let words = words(text);
    let mut found: Vec<Language> = Vec::new();
    for at in 0..words.len() {
        let Some(code) = code_of(plain(&words, at)) else { continue };
        if !is_denied(&words[..at]) && !found.contains(&Language(code)) {
            found.push(Language(code));
        }
    }
    found
}

fn code_of(word: &str) -> Option<&'static str> {
    NAMES.iter().find(|(name, _)| *name == word).map(|(_, code)| *code)
}

/// A denial reaches the next language only: "I don't speak English, Kannada please".
fn is_denied(before: &[Said]) -> bool {
    let near = before.iter().rev().take(DENIAL_REACH);
    let mut open = near.take_while(|word| !word.ends_clause && code_of(&word.plain).is_none());
    open.any(|word| matches!(word.plain.as_str(), "not" | "no" | "don't" | "can't" | "cannot" | "isn't"))
}

#[cfg(test)]
mod tests;
