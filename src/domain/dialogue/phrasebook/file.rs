//! Reads prompt files and compares them with what the code says it needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::line::{Line, Phrase};
use super::template::{self, Wording, WordingFault};
use crate::domain::{quoted, toml_fault};

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

pub(super) struct Content {
    pub(super) lines: Vec<Vec<Wording>>,
    pub(super) phrases: Vec<String>,
    pub(super) bias: Vec<Arc<str>>,
    pub(super) ordinals: Vec<Vec<String>>,
    pub(super) others: Vec<String>,
    pub(super) script_version: String,
}

pub(super) fn read_all(files: &[(&str, &str)]) -> Result<Content, PhrasebookError> {
    let mut lines: Vec<Option<Vec<Wording>>> = Line::SPECS.iter().map(|_| None).collect();
    let mut phrases: Vec<Option<String>> = Phrase::ALL.iter().map(|_| None).collect();
    let (mut bias, mut ordinals, mut others) = (Vec::new(), Vec::new(), Vec::new());
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
        ordinals.extend(parsed.ordinals);
        others.extend(parsed.others);
        versions.extend(parsed.version);
    }
    let file_names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let missing = |id: &str| PhrasebookError {
        file: file_names.join(", "),
        template: id.to_owned(),
        fault: PhrasebookFault::Missing,
    };
    Ok(Content {
        lines: complete(lines, |index| missing(Line::SPECS[index].id))?,
        phrases: complete(phrases, |index| missing(Phrase::ALL[index].id()))?,
        bias,
        ordinals,
        others,
        script_version: format!("{}-{:016x}", versions.join("+"), fingerprint(files)),
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

fn complete<T>(entries: Vec<Option<T>>, missing: impl Fn(usize) -> PhrasebookError) -> Result<Vec<T>, PhrasebookError> {
    entries.into_iter().enumerate().map(|(index, entry)| entry.ok_or_else(|| missing(index))).collect()
}

/// Source: the 64-bit FNV-1a hash, enough to tell versions apart; not a protection against forgery.
fn fingerprint(files: &[(&str, &str)]) -> u64 {
    let bytes = files.iter().flat_map(|(name, text)| name.bytes().chain([0]).chain(text.bytes()).chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
