//! A person's name in what was said, where there is no record to compare with.

use super::vocabulary::{Phrases, Vocabulary, WordSet};
use crate::domain::{hearing::Transcript, values::Personal};

const NAME_WORDS_MAX: usize = 4;
/// This many single letters in a row are a spelled name.
const LETTERS_MIN: usize = 3;

/// The words around names.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct NameLists {
    /// What people say in front of their name.
    openings: Phrases,
    /// What they say behind it.
    closings: WordSet,
    /// Words that are no part of a name: with one of them the utterance says something else.
    no_name: WordSet,
}

impl Vocabulary {
    /// Reads a spoken or spelled name, or nothing where the words are no name.
    ///
    /// Shape: words with capitals, as one would write them.
    pub fn spoken_name(&self, transcript: &Transcript) -> Option<Personal<String>> {
        let lists = &self.names;
        let lower = transcript.text().to_lowercase().replace('’', "'");
        let mut rest = lower.trim_matches(|c: char| !c.is_alphanumeric());
        while let Some(opened) = lists.openings.iter().find_map(|opening| strip_word(rest, opening)) {
            rest = opened;
        }
        let mut words: Vec<&str> = rest
            .split(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '-' | '!' | '?'))
            .filter(|word| !word.is_empty())
            .collect();
        while words.last().is_some_and(|last| lists.closings.has(last)) {
            words.pop();
        }
        let letters = words.iter().filter(|word| word.chars().count() == 1).count();
        if LETTERS_MIN <= letters && words.len() <= 2 * letters {
            let signs = self.spelled(rest);
            let is_name = signs.iter().all(u8::is_ascii_uppercase);
            return String::from_utf8(signs)
                .ok()
                .filter(|_| is_name)
                .map(|name| Personal::new(capitalised(&name.to_lowercase())));
        }
        let is_name = (1..=NAME_WORDS_MAX).contains(&words.len())
            && words
                .iter()
                .all(|word| !lists.no_name.has(word) && word.chars().all(|c| c.is_alphabetic() || c == '\''))
            && words.iter().any(|word| 1 < word.chars().count());
        is_name.then(|| Personal::new(words.iter().map(|word| capitalised(word)).collect::<Vec<_>>().join(" ")))
    }
}

fn strip_word<'a>(text: &'a str, opening: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(opening)?;
    rest.starts_with([' ', ',', '.']).then(|| rest.trim_start_matches([' ', ',', '.']))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
