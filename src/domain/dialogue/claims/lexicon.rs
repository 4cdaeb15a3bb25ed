//! Reads the claim file: which words say nothing, which state something, and what that needs to be true.

use std::collections::BTreeMap;

use super::known::{Meaning, Truth};
use super::pattern::{self, PatternFault};
use super::tokens::words;
use super::trie::Trie;
use super::{ClaimKind, Lead};

/// What is wrong with the claim file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimFileError {
    #[error("the file is not valid: {0}")]
    NotToml(String),
    #[error("`{0}`: {1}")]
    Pattern(String, PatternFault),
    #[error("`{0}`: no {1} is called that; known are: {2}")]
    Unknown(String, &'static str, String),
    #[error("`{0}`: a word that says nothing must not also say something")]
    WordIsClaim(String),
}

/// The claim file. Unknown sections are refused.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimFile {
    words: Vec<String>,
    leads: BTreeMap<String, Vec<String>>,
    phrases: Vec<PhraseSection>,
    kinds: BTreeMap<String, Vec<String>>,
    synonyms: BTreeMap<String, Vec<String>>,
}

/// Phrases alone, for one place where more may be said.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseFile {
    phrases: Vec<PhraseSection>,
    synonyms: BTreeMap<String, Vec<String>>,
}

#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseSection {
    say: Vec<String>,
    #[serde(default)]
    needs: Vec<String>,
    cue: Option<String>,
    after: Option<String>,
    #[serde(default)]
    place: Place,
    kind: Option<String>,
}

/// Where in a sentence a phrase may stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    #[default]
    Anywhere,
    /// Before anything is stated.
    Opening,
    /// Before a statement, and never without one: a bare "yes" agrees to nobody knows what.
    Assent,
    /// Anywhere; it asks or offers, and states nothing.
    Question,
    /// Anywhere; a word that says nothing by itself.
    Silent,
}

/// What a phrase says.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    /// One of these must be so; none needed when empty.
    pub(super) needs: Vec<Truth>,
    /// The values near it have this meaning.
    pub(super) cue: Option<Meaning>,
    /// It stands right after such a value.
    pub(super) after: Option<Meaning>,
    pub(super) place: Place,
    pub(super) kind: ClaimKind,
}

/// The claim file, ready to be matched.
#[derive(Clone, Debug)]
pub(super) struct Lexicon {
    pub(super) phrases: Vec<Phrase>,
    pub(super) runs: Trie<usize>,
    leads: BTreeMap<String, Vec<Lead>>,
    kinds: BTreeMap<String, ClaimKind>,
    synonyms: BTreeMap<String, Vec<String>>,
}

impl Lexicon {
    pub(super) fn compile(text: &str) -> Result<Self, ClaimFileError> {
        let file: ClaimFile =
            toml::from_str(text).map_err(|error| ClaimFileError::NotToml(error.message().to_owned()))?;
        let kinds = compile_kinds(&file.kinds)?;
        if let Some(word) = file.words.iter().find(|word| kinds.contains_key(*word)) {
            return Err(ClaimFileError::WordIsClaim(word.clone()));
        }
        let mut lexicon = Self {
            phrases: Vec::new(),
            runs: Trie::default(),
            leads: compile_leads(&file.leads)?,
            kinds,
            synonyms: file.synonyms,
        };
        let silent = PhraseSection { say: file.words, place: Place::Silent, ..PhraseSection::default() };
        for section in std::iter::once(&silent).chain(&file.phrases) {
            lexicon.add(section)?;
        }
        Ok(lexicon)
    }

    /// The same, with further phrases.
    pub(super) fn with_phrases(&self, text: &str) -> Result<Self, ClaimFileError> {
        let file: PhraseFile =
            toml::from_str(text).map_err(|error| ClaimFileError::NotToml(error.message().to_owned()))?;
        let mut lexicon = self.clone();
        for section in &file.phrases {
            lexicon.add(section)?;
        }
        lexicon.synonyms.extend(file.synonyms);
        Ok(lexicon)
    }

    fn add(&mut self, section: &PhraseSection) -> Result<(), ClaimFileError> {
        let index = self.phrases.len();
        let truth = |name: &String| find(name, "truth", Truth::ALL, Truth::as_str);
        self.phrases.push(Phrase {
            needs: section.needs.iter().map(truth).collect::<Result<_, _>>()?,
            cue: section.cue.as_deref().map(meaning).transpose()?,
            after: section.after.as_deref().map(meaning).transpose()?,
            place: section.place,
            kind: section.kind.as_ref().map_or(Ok(ClaimKind::Status), |name| kind(name))?,
        });
        for text in &section.say {
            let runs = pattern::expand(text).map_err(|fault| ClaimFileError::Pattern(text.clone(), fault))?;
            runs.iter().for_each(|run| self.runs.insert(run, index));
        }
        Ok(())
    }

    /// Before which values a word may stand, and nowhere else.
    pub(super) fn leads(&self, word: &str) -> Option<&[Lead]> {
        self.leads.get(word).map(Vec::as_slice)
    }

    /// Other words for the same.
    pub(super) fn synonyms(&self, text: &str) -> &[String] {
        self.synonyms.get(text).map_or(&[], Vec::as_slice)
    }

    /// What kind of claim a word makes that nothing proves.
    pub(super) fn kind_of(&self, word: &str) -> Option<ClaimKind> {
        self.kinds.get(word).copied()
    }
}

fn meaning(name: &str) -> Result<Meaning, ClaimFileError> {
    find(name, "meaning", Meaning::ALL, Meaning::as_str)
}

fn kind(name: &str) -> Result<ClaimKind, ClaimFileError> {
    find(name, "kind", ClaimKind::ALL, ClaimKind::as_str)
}

fn find<T: Copy>(
    name: &str,
    what: &'static str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Result<T, ClaimFileError> {
    all.iter().copied().find(|one| as_str(*one) == name).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|one| as_str(*one)).collect();
        ClaimFileError::Unknown(name.to_owned(), what, known.join(", "))
    })
}

fn compile_kinds(lists: &BTreeMap<String, Vec<String>>) -> Result<BTreeMap<String, ClaimKind>, ClaimFileError> {
    let mut kinds = BTreeMap::new();
    for (name, list) in lists {
        let kind = kind(name)?;
        kinds.extend(list.iter().flat_map(|text| words(text)).map(|word| (word, kind)));
    }
    Ok(kinds)
}

fn compile_leads(lists: &BTreeMap<String, Vec<String>>) -> Result<BTreeMap<String, Vec<Lead>>, ClaimFileError> {
    let mut leads: BTreeMap<String, Vec<Lead>> = BTreeMap::new();
    for (name, list) in lists {
        let lead = find(name, "value", Lead::ALL, Lead::as_str)?;
        for word in list {
            leads.entry(word.clone()).or_default().push(lead);
        }
    }
    Ok(leads)
}
