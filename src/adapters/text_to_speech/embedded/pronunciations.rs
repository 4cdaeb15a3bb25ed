//! The table of words whose spelling misleads: brands, carriers, places.

use std::collections::BTreeMap;
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};

use crate::domain::{quoted, toml_fault};
use crate::ports::text_to_speech::TextToSpeechError;

use super::unavailable;

/// Entries a table may have.
const ENTRIES_MAX: usize = 20_000;

/// The file as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    phonemes: BTreeMap<String, String>,
    #[serde(default)]
    respelled: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pronunciation {
    Phonemes(String),
    Respelled(String),
}

/// How to say words that no dictionary says right; asked without regard to case.
#[derive(Debug, Default)]
pub struct Pronunciations(BTreeMap<String, Pronunciation>);

impl Pronunciations {
    /// Reads `prompts/pronunciations.toml`.
    ///
    /// Errors: the file is missing or not TOML, or an entry is not a word or holds a phoneme the voice does not know;
    /// the text names the entry.
    pub(super) fn load(path: &Path, knows: impl Fn(char) -> bool) -> Result<Self, TextToSpeechError> {
        let text = std::fs::read_to_string(path).map_err(|error| unavailable(path, &error))?;
        Self::parse(&text, knows).map_err(|reason| unavailable(path, &reason))
    }

    /// Reads a table. `knows` says whether the voice has a phoneme.
    ///
    /// Errors: one line that names the entry, or what is no TOML.
    pub fn parse(text: &str, knows: impl Fn(char) -> bool) -> Result<Self, String> {
        let table: Table = toml::from_str(text).map_err(|error| toml_fault(text, &error))?;
        let mut entries = BTreeMap::new();
        for (word, phonemes) in table.phonemes {
            if let Some(strange) = phonemes.chars().find(|&phoneme| phoneme == '/' || !knows(phoneme)) {
                return Err(format!("[phonemes] {}: the voice has no phoneme {strange:?}", quoted(&word)));
            }
            add(&mut entries, "phonemes", &word, Pronunciation::Phonemes(phonemes.trim().to_owned()))?;
        }
        for (word, respelled) in table.respelled {
            if !respelled.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'')) {
                return Err(format!("[respelled] {}: a respelling has only letters, spaces, - and '", quoted(&word)));
            }
            add(&mut entries, "respelled", &word, Pronunciation::Respelled(respelled.trim().to_owned()))?;
        }
        Ok(Self(entries))
    }

    /// Tells tables apart that say anything differently; comments and order do not count.
    ///
    /// Shape: 16 hexadecimal digits.
    pub(super) fn digest(&self) -> String {
        let mut context = Context::new(&SHA256);
        for (word, said) in &self.0 {
            let (kind, said) = match said {
                Pronunciation::Phonemes(phonemes) => ("phonemes", phonemes),
                Pronunciation::Respelled(respelled) => ("respelled", respelled),
            };
            for part in [word, kind, said] {
                context.update(part.as_bytes());
                context.update(&[0]);
            }
        }
        let digest = context.finish();
        digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Marks up every known word of `text` for the phonemiser.
    ///
    /// Order: brackets in `text` would be read as markup; they are dropped.
    pub(super) fn mark_up(&self, text: &str) -> String {
        let mut marked = String::with_capacity(text.len() + 32);
        let mut word = String::new();
        for c in text.chars().chain(std::iter::once(' ')) {
            if c.is_alphabetic() || (c == '\'' && !word.is_empty()) {
                word.push(c);
                continue;
            }
            self.push_word(&mut marked, &word);
            word.clear();
            if !matches!(c, '[' | ']') {
                marked.push(c);
            }
        }
        marked.truncate(marked.trim_end().len());
        marked
    }

    fn push_word(&self, marked: &mut String, word: &str) {
        let lower = word.to_lowercase();
        let (stem, is_possessive) = match lower.strip_suffix("'s") {
            Some(stem) if !self.0.contains_key(&lower) => (stem, true),
            Some(_) | None => (lower.as_str(), false),
        };
        match self.0.get(stem) {
            Some(Pronunciation::Phonemes(phonemes)) => {
                let ending = if is_possessive { possessive(phonemes) } else { "" };
                // The dictionary would win over the markup of a word it knows, so it is shown one that it does not.
                let unknown: String = stem.chars().filter(|c| c.is_alphabetic()).collect();
                marked.push_str(&format!("[qx{unknown}](/{phonemes}{ending}/)"));
            }
            Some(Pronunciation::Respelled(respelled)) => {
                marked.push_str(respelled);
                marked.push_str(if is_possessive { "'s" } else { "" });
            }
            None => marked.push_str(word),
        }
    }
}

/// The sound of 's after these phonemes.
fn possessive(phonemes: &str) -> &'static str {
    match phonemes.chars().next_back() {
        Some('s' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ') => "ᵻz",
        Some('p' | 't' | 'k' | 'f' | 'θ') => "s",
        Some(_) | None => "z",
    }
}

fn add(
    entries: &mut BTreeMap<String, Pronunciation>,
    section: &str,
    word: &str,
    said: Pronunciation,
) -> Result<(), String> {
    let is_word = !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || c == '\'');
    let is_empty = matches!(&said, Pronunciation::Phonemes(text) | Pronunciation::Respelled(text) if text.is_empty());
    if !is_word || is_empty {
        return Err(format!("[{section}] {:?}: an entry is one word of letters and what is said for it", quoted(word)));
    }
    if entries.insert(word.to_lowercase(), said).is_some() {
        return Err(format!("[{section}] {}: the word has two entries", quoted(word)));
    }
    if entries.len() <= ENTRIES_MAX { Ok(()) } else { Err(format!("more than {ENTRIES_MAX} entries")) }
}

#[cfg(test)]
mod tests;
