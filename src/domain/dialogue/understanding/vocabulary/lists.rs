//! The forms in which a file lists words.

use std::collections::BTreeMap;

use crate::domain::quoted;

/// Words in a row, each as it is compared: lower case, nothing around it.
pub(in crate::domain) trait Spoken {
    /// The word at a place, or nothing.
    fn word(&self, at: usize) -> &str;
}

impl Spoken for [&str] {
    fn word(&self, at: usize) -> &str {
        self.get(at).copied().unwrap_or_default()
    }
}

/// Words of one kind.
///
/// Shape: in a file one text, with blanks between the words; it may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub(in crate::domain) struct WordSet(Vec<String>);

impl WordSet {
    pub(in crate::domain) fn has(&self, word: &str) -> bool {
        self.0.iter().any(|known| known == word)
    }

    /// Order: as in the file.
    pub(in crate::domain) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl TryFrom<String> for WordSet {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut words: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            check(word)?;
            if words.iter().any(|known| known == word) {
                return Err(format!("`{}` stands here twice; take one out", quoted(word)));
            }
            words.push(word.to_owned());
        }
        Ok(Self(words))
    }
}

/// Words for each of `N` things that are counted off, such as days of the week.
///
/// Shape: in a file a list of `N` texts, each as for [`WordSet`]. By default there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "Vec<WordSet>")]
pub(in crate::domain) struct WordSets<const N: usize>(Vec<WordSet>);

impl<const N: usize> WordSets<N> {
    /// Which of the things the word stands for.
    pub(in crate::domain) fn position(&self, word: &str) -> Option<usize> {
        self.0.iter().position(|words| words.has(word))
    }

    pub(in crate::domain) fn get(&self, place: usize) -> Option<&WordSet> {
        self.0.get(place)
    }

    pub(in crate::domain) fn iter(&self) -> impl Iterator<Item = &WordSet> {
        self.0.iter()
    }
}

impl<const N: usize> TryFrom<Vec<WordSet>> for WordSets<N> {
    type Error = String;

    fn try_from(words: Vec<WordSet>) -> Result<Self, String> {
        if words.len() == N { Ok(Self(words)) } else { Err(format!("here are {} texts; write {N}", words.len())) }
    }
}

/// Runs of words, of which the longest is tried first.
///
/// Shape: in a file a list of texts, with single blanks between the words.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(in crate::domain) struct Phrases(PhraseMap<()>);

impl Phrases {
    /// How many words the longest phrase has that the words begin with.
    pub(in crate::domain) fn begin<S: Spoken + ?Sized>(&self, words: &S) -> Option<usize> {
        self.0.begin(words).map(|(used, ())| used)
    }

    /// Order: the longest first.
    pub(in crate::domain) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(phrase, ())| phrase)
    }
}

impl TryFrom<Vec<String>> for Phrases {
    type Error = String;

    fn try_from(phrases: Vec<String>) -> Result<Self, String> {
        let count = phrases.len();
        let table: BTreeMap<String, ()> = phrases.into_iter().map(|phrase| (phrase, ())).collect();
        if table.len() < count {
            return Err("a phrase stands here twice; take one out".to_owned());
        }
        PhraseMap::try_from(table).map(Self)
    }
}

/// What words, or runs of them, stand for. The longest is tried first.
///
/// Shape: in a file a table from each to its value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "BTreeMap<String, T>")]
pub(in crate::domain) struct PhraseMap<T>(Vec<(String, T)>);

impl<T> Default for PhraseMap<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> PhraseMap<T> {
    /// The longest phrase that the words begin with. Shape: how many words it has, and its value.
    pub(in crate::domain) fn begin<S: Spoken + ?Sized>(&self, words: &S) -> Option<(usize, &T)> {
        self.iter().find_map(|(phrase, value)| Some((says(words, phrase)?, value)))
    }

    pub(in crate::domain) fn get(&self, word: &str) -> Option<&T> {
        self.iter().find(|(known, _)| *known == word).map(|(_, value)| value)
    }

    /// Order: the longest first.
    pub(in crate::domain) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(phrase, value)| (phrase.as_str(), value))
    }
}

impl<T> TryFrom<BTreeMap<String, T>> for PhraseMap<T> {
    type Error = String;

    fn try_from(table: BTreeMap<String, T>) -> Result<Self, String> {
        table.keys().try_for_each(|phrase| check(phrase))?;
        let mut phrases: Vec<(String, T)> = table.into_iter().collect();
        phrases.sort_by_key(|(phrase, _)| std::cmp::Reverse((phrase.matches(' ').count(), phrase.len())));
        Ok(Self(phrases))
    }
}

/// How many words the phrase has, if the words begin with it.
fn says<S: Spoken + ?Sized>(words: &S, phrase: &str) -> Option<usize> {
    let mut count = 0;
    for expected in phrase.split(' ') {
        if words.word(count) != expected {
            return None;
        }
        count += 1;
    }
    Some(count)
}

/// What is compared is in lower case: anything else would never be found.
fn check(phrase: &str) -> Result<(), String> {
    if phrase.is_empty() || phrase.split(' ').any(str::is_empty) {
        return Err(format!("`{}`: write words with single blanks between them", quoted(phrase)));
    }
    if phrase.to_lowercase() != phrase {
        return Err(format!("`{}`: write it in lower case", quoted(phrase)));
    }
    Ok(())
}
