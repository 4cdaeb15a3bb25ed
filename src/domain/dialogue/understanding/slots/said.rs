//! An utterance as words: how each is compared, how it was written, and where clauses end.

use crate::domain::dialogue::understanding::vocabulary::Spoken;

/// Words beyond this many are not looked at.
const WORDS_MAX: usize = 160;

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    /// Lower case, without punctuation around it.
    pub(super) plain: String,
    /// As written, without punctuation around it.
    pub(super) written: String,
    pub(super) ends_clause: bool,
}

impl Said {
    pub(super) fn is_capitalised(&self) -> bool {
        self.written.chars().next().is_some_and(char::is_uppercase)
    }

    pub(super) fn has_digit(&self) -> bool {
        self.plain.bytes().any(|byte| byte.is_ascii_digit())
    }
}

impl Spoken for [Said] {
    fn word(&self, at: usize) -> &str {
        self.get(at).map_or("", |word| word.plain.as_str())
    }
}

/// Cuts an utterance into words at white space.
pub(super) fn words(text: &str) -> Vec<Said> {
    let word = |heard: &str| {
        let written = heard.replace('’', "'").trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        let plain = written.to_lowercase();
        Said { plain, written, ends_clause: heard.ends_with([',', ';', '.', '?', '!']) }
    };
    text.split_whitespace().take(WORDS_MAX).map(word).filter(|word| !word.plain.is_empty()).collect()
}

/// Words joined as one would write a name: each with a capital.
pub(super) fn titled(words: &[Said]) -> String {
    words.iter().map(|word| capitalised(&word.written)).collect::<Vec<_>>().join(" ")
}

pub(super) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
