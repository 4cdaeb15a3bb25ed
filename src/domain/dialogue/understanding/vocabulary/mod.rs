//! The words of one language that the readers of days, numbers, names and places go by. They are files.
//!
//! The readers hold the grammar: how numbers compose, how a day is counted. A reader's file is described beside it.

mod lists;
#[cfg(test)]
pub(crate) mod shipped;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(in crate::domain) use lists::{PhraseMap, Phrases, Spoken, WordSet, WordSets};

use super::dates::DateLists;
use super::number_words::NumberLists;
use super::secrets::SecretLists;
use super::slots::{AddressLists, AmountLists, EmailLists, ItemLists, LanguageLists, PeopleLists, PlaceLists};
use super::spelling::LetterLists;
use super::spoken_names::NameLists;
use crate::domain::call::TurnTakingLists;
use crate::domain::dialogue::turn::TurnLists;
use crate::domain::{quoted, toml_fault};

/// What is wrong with a file of words, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {fault}")]
pub struct VocabularyError {
    pub file: String,
    pub fault: String,
}

/// The parts of a vocabulary: each is one file, named after it.
macro_rules! parts {
    ($($part:ident: $lists:ty),* $(,)?) => {
        /// The words of one language.
        ///
        /// By default it has none: only what is written in figures is then read.
        #[derive(Clone, Debug, Default)]
        pub struct Vocabulary {
            $(pub(in crate::domain) $part: $lists,)*
        }

        impl Vocabulary {
            /// Every part. Order: as in the documentation.
            pub const PARTS: &[&str] = &[$(stringify!($part)),*];

            fn read(&mut self, part: &str, text: &str) -> Result<(), String> {
                match part {
                    $(stringify!($part) => self.$part = parse(text)?,)*
                    _ => return Err(format!("no part is called `{}`; known are {}", quoted(part), Self::PARTS.join(", "))),
                }
                Ok(())
            }
        }
    };
}

parts! {
    numbers: NumberLists,
    letters: LetterLists,
    names: NameLists,
    dates: DateLists,
    amounts: AmountLists,
    people: PeopleLists,
    places: PlaceLists,
    addresses: AddressLists,
    email: EmailLists,
    items: ItemLists,
    languages: LanguageLists,
    secrets: SecretLists,
    turns: TurnLists,
    turn_taking: TurnTakingLists,
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| toml_fault(text, &error))
}

impl Vocabulary {
    /// Reads the parts of one language.
    ///
    /// Shape: each file with its name, of which `<part>.toml` is the end.
    /// Errors: one line that names the file, the line and the remedy.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, VocabularyError> {
        let mut vocabulary = Self::default();
        for (file, text) in files {
            vocabulary
                .read(part_of(file), text)
                .map_err(|fault| VocabularyError { file: (*file).to_owned(), fault })?;
        }
        Ok(vocabulary)
    }
}

fn part_of(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".toml").unwrap_or(name)
}

/// The vocabularies of the languages that are spoken.
#[derive(Clone, Debug, Default)]
pub struct Vocabularies {
    own: Arc<Vocabulary>,
    others: BTreeMap<String, Arc<Vocabulary>>,
}

impl Vocabularies {
    /// With the words of the language whose speakers are understood, and those of others by their codes.
    pub fn new(own: Vocabulary, others: BTreeMap<String, Vocabulary>) -> Self {
        let others = others.into_iter().map(|(language, words)| (language, Arc::new(words))).collect();
        Self { own: Arc::new(own), others }
    }

    /// The words of the language whose speakers are understood.
    pub fn own(&self) -> &Arc<Vocabulary> {
        &self.own
    }

    /// The words of a language; of one that has none, those of the language that is understood.
    pub fn of(&self, language: &str) -> &Arc<Vocabulary> {
        self.others.get(language).unwrap_or(&self.own)
    }
}
