//! Reads prompt files and compares them with what the code says it needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::line::{Line, Phrase};
use super::template::{self, Wording, WordingFault};
use crate::domain::{fingerprint, quoted, toml_fault};

/// What is wrong with the prompt files, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: template `{template}`: {fault}")]
pub struct PhrasebookError {
    pub file: String,
    pub template: String,
    pub fault: PhrasebookFault,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhrasebookFault {
    #[error("the file is not valid: {0}")]
    NotToml(String),
    #[error("no code says this; remove it or correct its id")]
    UnknownTemplate,
    #[error("it is needed and not there; add it under [lines] or [phrases]")]
    Missing,
    #[error("it has no wording")]
    NoWording,
    #[error("it is written twice")]
    Twice,
    #[error("wording {number}: {fault}")]
    Wording { number: usize, fault: WordingFault },
    #[error("no scenario has the id `{0}`; see src/domain/dialogue/scenarios")]
    UnknownScenario(String),
    #[error("nobody understands this language yet; write \"keys\"")]
    NotUnderstood,
}

/// One prompt file. Unknown sections are refused.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PromptFile {
    /// Named in records, where the file has one. The hash of all files stands beside it.
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    lines: BTreeMap<String, OneOrMore>,
    #[serde(default)]
    phrases: BTreeMap<String, String>,
    #[serde(default)]
    bias: Vec<Arc<str>>,
    #[serde(default)]
    bias_of_person: Vec<String>,
    #[serde(default)]
    ordinals: Vec<Vec<String>>,
    #[serde(default)]
    others: Vec<String>,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// What the files of one language hold.
#[derive(Debug)]
pub(super) struct Content {
    /// In the order of [`Line::SPECS`]; at least one wording each that is there.
    pub(super) lines: Vec<Option<Vec<Wording>>>,
    /// In the order of [`Phrase::ALL`].
    pub(super) phrases: Vec<Option<String>>,
    pub(super) bias: Vec<Arc<str>>,
    /// With `{name}` where the name of who was asked for stands.
    pub(super) bias_of_person: Vec<String>,
    pub(super) ordinals: Vec<Vec<String>>,
    pub(super) others: Vec<String>,
    /// Shape: the version key, a dash, 16 hexadecimal digits.
    pub(super) script_version: String,
    file_names: String,
}

impl Content {
    /// Refuses a gap among the lines and phrases with these ids; without ids, among all.
    pub(super) fn require(&self, ids: Option<&[&str]>) -> Result<(), PhrasebookError> {
        let is_needed = |id: &str| ids.is_none_or(|ids| ids.contains(&id));
        let lines = Line::SPECS.iter().map(|spec| spec.id).zip(self.lines.iter().map(Option::is_some));
        let phrases = Phrase::ALL.iter().map(|phrase| phrase.id()).zip(self.phrases.iter().map(Option::is_some));
        match lines.chain(phrases).find(|(id, is_there)| !is_there && is_needed(id)) {
            Some((id, _)) => Err(PhrasebookError {
                file: self.file_names.clone(),
                template: id.to_owned(),
                fault: PhrasebookFault::Missing,
            }),
            None => Ok(()),
        }
    }
}

/// Reads the files of one language.
pub(super) fn read_language(files: &[(&str, &str)]) -> Result<Content, PhrasebookError> {
    let mut lines: Vec<Option<Vec<Wording>>> = Line::SPECS.iter().map(|_| None).collect();
    let mut phrases: Vec<Option<String>> = Phrase::ALL.iter().map(|_| None).collect();
    let (mut bias, mut bias_of_person) = (Vec::new(), Vec::new());
    let (mut ordinals, mut others) = (Vec::new(), Vec::new());
    let mut versions = Vec::new();
    for (name, text) in files {
        let at =
            |template: &str, fault| PhrasebookError { file: (*name).to_owned(), template: quoted(template), fault };
        let parsed: PromptFile =
            toml::from_str(text).map_err(|error| at("-", PhrasebookFault::NotToml(toml_fault(text, &error))))?;
        for (id, wordings) in parsed.lines {
            let index = Line::SPECS.iter().position(|spec| spec.id == id);
            let index = index.ok_or_else(|| at(&id, PhrasebookFault::UnknownTemplate))?;
            let parsed = parse_wordings(index, wordings).map_err(|fault| at(&id, fault))?;
            set_once(&mut lines[index], parsed).map_err(|fault| at(&id, fault))?;
        }
        for (id, words) in parsed.phrases {
            let index = Phrase::ALL.iter().position(|phrase| phrase.id() == id);
            let index = index.ok_or_else(|| at(&id, PhrasebookFault::UnknownTemplate))?;
            check_phrase(&words).map_err(|fault| at(&id, fault))?;
            set_once(&mut phrases[index], words).map_err(|fault| at(&id, fault))?;
        }
        bias.extend(parsed.bias);
        bias_of_person.extend(parsed.bias_of_person);
        ordinals.extend(parsed.ordinals);
        others.extend(parsed.others);
        versions.extend(parsed.version);
    }
    let file_names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    Ok(Content {
        lines,
        phrases,
        bias,
        bias_of_person,
        ordinals,
        others,
        script_version: format!("{}-{:016x}", versions.join("+"), fingerprint_of(files)),
        file_names: file_names.join(", "),
    })
}

fn parse_wordings(index: usize, wordings: OneOrMore) -> Result<Vec<Wording>, PhrasebookFault> {
    let texts = match wordings {
        OneOrMore::One(text) => vec![text],
        OneOrMore::More(texts) => texts,
    };
    if texts.is_empty() {
        return Err(PhrasebookFault::NoWording);
    }
    let parse = |(number, text): (usize, &String)| {
        template::parse(text, Line::SPECS[index].slots)
            .map_err(|fault| PhrasebookFault::Wording { number: number + 1, fault })
    };
    texts.iter().enumerate().map(parse).collect()
}

fn check_phrase(words: &str) -> Result<(), PhrasebookFault> {
    template::parse(words, &[]).map(|_| ()).map_err(|fault| PhrasebookFault::Wording { number: 1, fault })
}

fn set_once<T>(place: &mut Option<T>, value: T) -> Result<(), PhrasebookFault> {
    match place.replace(value) {
        Some(_) => Err(PhrasebookFault::Twice),
        None => Ok(()),
    }
}

fn fingerprint_of(files: &[(&str, &str)]) -> u64 {
    fingerprint(files.iter().flat_map(|(name, text)| name.bytes().chain([0]).chain(text.bytes()).chain([0])))
}
