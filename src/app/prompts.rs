//! Reads everything that is said and understood from the folder of the prompts.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::adapters::sentence_encoder::minilm;
use crate::config::{Settings, SettingsError};
use crate::domain::dialogue::claims::ClaimCheck;
use crate::domain::dialogue::understanding::Understanding;
use crate::domain::dialogue::understanding::head::{Example, Head, read_examples};
use crate::domain::dialogue::understanding::vocabulary::{Vocabularies, Vocabulary};
use crate::domain::dialogue::{ModelChecks, Phrasebook};
use crate::domain::speech::Locales;
use crate::runtime::model_replies::ModelPrompts;
use crate::runtime::reception::Script;

/// The trained weights of the understanding, in the folder of the prompts.
pub const HEAD: &str = "understanding/en.head";
/// The examples they are trained on.
pub const EXAMPLES: &str = "understanding/examples/en";

/// The language whose speakers are understood, and the folder of the words of each language.
const UNDERSTOOD: &str = "en";
const VOCABULARIES: &str = "understanding";

/// The folder of locales, in that of the prompts.
const LOCALES: &str = "locales";
/// Whose words are said where nothing is set, as in rehearsals.
const HOME: &str = "en-IN";

/// Reads everything that is said and understood, in every language there is.
pub fn script(folder: &Path) -> Result<Script, SettingsError> {
    script_in(folder, read_locales(folder, HOME, None)?)
}

/// Reads everything that is said and understood, in the languages of the settings.
pub fn script_of(settings: &Settings) -> Result<Script, SettingsError> {
    script_in(&settings.prompts.dir, locales(settings)?)
}

/// Reads the locales of the shop's language and of those that have a voice.
///
/// Errors: a file with a fault, or a language without a file; the line names the remedy.
pub fn locales(settings: &Settings) -> Result<Locales, SettingsError> {
    let spoken: Vec<&str> = settings.languages.keys().map(String::as_str).collect();
    let locales = read_locales(&settings.prompts.dir, &settings.shop.locale, Some(&spoken))?;
    let is_there = |language: &&&str| locales.all().iter().any(|locale| locale.language() == **language);
    match spoken.iter().find(|language| !is_there(language)) {
        Some(language) => Err(SettingsError::new(format!(
            "languages.{language}: no file of prompts.dir/{LOCALES} has language = \"{language}\"; add one, or take the \
             section out"
        ))),
        None => Ok(locales),
    }
}

/// Reads every file of locales in the folder of the prompts.
pub(super) fn read_locales(folder: &Path, home: &str, spoken: Option<&[&str]>) -> Result<Locales, SettingsError> {
    let names = file_names(&folder.join(LOCALES), |name| name.ends_with(".toml"))?;
    let known: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".toml")).collect();
    if !known.iter().any(|tag| tag.eq_ignore_ascii_case(home)) {
        let known = known.join(", ");
        return Err(SettingsError::new(format!("shop.locale: `{home}` is not known; write one of {known}")));
    }
    let names: Vec<String> = names.iter().map(|name| format!("{LOCALES}/{name}")).collect();
    let texts = read_texts(folder, &names)?;
    Locales::load(&named(&names, &texts), home, spoken)
        .map_err(|error| SettingsError::new(format!("prompts.dir: {error}")))
}

fn script_in(folder: &Path, locales: Locales) -> Result<Script, SettingsError> {
    let read = |name: &str| String::from_utf8(read_prompt(folder, name)?).map_err(|error| unusable(name, &error));
    const UNDERSTANDING: &str = "understanding/en.toml";
    let languages: Vec<String> = locales.all().iter().map(|locale| format!(".{}.toml", locale.language())).collect();
    let names = file_names(folder, |name| languages.iter().any(|ending| name.ends_with(ending)))?;
    let texts = read_texts(folder, &names)?;
    let vocabularies = vocabularies(folder, &locales)?;
    let phrasebook = Phrasebook::load(&named(&names, &texts), locales)
        .map_err(|error| SettingsError::new(format!("prompts.dir: {error}")))?;
    let rules =
        Understanding::compile(&read(UNDERSTANDING)?, vocabularies).map_err(|error| unusable(UNDERSTANDING, &error))?;
    let head = Head::read(&read_prompt(folder, HEAD)?)
        .map_err(|error| unusable(HEAD, &format!("{error}; make it again with `doorstep train understanding`")))?;
    if head.origin().encoder != minilm::VERSION {
        let encoder = &head.origin().encoder;
        let reason =
            format!("was trained for the encoder `{encoder}`; make it again with `doorstep train understanding`");
        return Err(unusable(HEAD, &reason));
    }
    Ok(Script { phrasebook: Arc::new(phrasebook), understanding: Arc::new(rules.with_head(Arc::new(head))) })
}

/// Reads the words of the language that is understood. They must all be there.
pub fn vocabulary(folder: &Path) -> Result<Vocabulary, SettingsError> {
    let mut files = Vocabulary::PARTS.iter().map(|part| format!("{VOCABULARIES}/{UNDERSTOOD}/{part}.toml"));
    match files.find(|file| !folder.join(file).is_file()) {
        Some(file) => Err(unusable(&file, &"callers are understood by it, and it is not there; put it back")),
        None => read_vocabulary(folder, UNDERSTOOD),
    }
}

/// Reads the words of the languages that are spoken. Of those that are answered by keys files may be missing.
fn vocabularies(folder: &Path, locales: &Locales) -> Result<Vocabularies, SettingsError> {
    let mut others = BTreeMap::new();
    for language in locales.all().iter().map(|locale| locale.language()).filter(|language| *language != UNDERSTOOD) {
        if folder.join(VOCABULARIES).join(language).is_dir() {
            others.insert(language.to_owned(), read_vocabulary(folder, language)?);
        }
    }
    Ok(Vocabularies::new(vocabulary(folder)?, others))
}

fn read_vocabulary(folder: &Path, language: &str) -> Result<Vocabulary, SettingsError> {
    let place = format!("{VOCABULARIES}/{language}");
    let names = file_names(&folder.join(&place), |name| name.ends_with(".toml"))?;
    let names: Vec<String> = names.iter().map(|name| format!("{place}/{name}")).collect();
    let texts = read_texts(folder, &names)?;
    Vocabulary::load(&named(&names, &texts)).map_err(|error| SettingsError::new(format!("prompts.dir: {error}")))
}

/// Reads the examples of what callers say, file by file in the order of their names.
pub fn examples(folder: &Path) -> Result<Vec<Example>, SettingsError> {
    let entries = std::fs::read_dir(folder.join(EXAMPLES)).map_err(|error| unusable(EXAMPLES, &error))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(format!("{EXAMPLES}/{}", entry.ok()?.file_name().to_str()?)))
        .filter(|name| name.ends_with(".txt"))
        .collect();
    names.sort();
    let mut examples = Vec::new();
    for name in names {
        let text = String::from_utf8(read_prompt(folder, &name)?).map_err(|error| unusable(&name, &error))?;
        examples.extend(read_examples(&text).map_err(|error| unusable(&name, &error))?);
    }
    Ok(examples)
}

/// What callers say, as the examples have it, for a recogniser to know; nothing where there are no examples.
///
/// Without what settles something: no yes is to be heard because it is expected.
pub fn sayings(folder: &Path) -> Result<Vec<String>, SettingsError> {
    if !folder.join(EXAMPLES).is_dir() {
        return Ok(Vec::new());
    }
    let said = examples(folder)?.into_iter().filter(Example::may_be_expected);
    Ok(said.map(|example| example.text).collect())
}

fn read_prompt(folder: &Path, name: &str) -> Result<Vec<u8>, SettingsError> {
    let path = folder.join(name);
    std::fs::read(&path).map_err(|error| {
        unusable(&path.display().to_string(), &format!("{error}; name the folder that holds the prompts"))
    })
}

fn unusable(name: &str, error: &dyn std::fmt::Display) -> SettingsError {
    SettingsError::new(format!("prompts.dir: {name}: {error}"))
}

/// The texts of files in the folder of the prompts.
pub(super) fn read_texts(folder: &Path, names: &[String]) -> Result<Vec<String>, SettingsError> {
    let read = |name: &String| String::from_utf8(read_prompt(folder, name)?).map_err(|error| unusable(name, &error));
    names.iter().map(read).collect()
}

pub(super) fn named<'a>(names: &'a [String], texts: &'a [String]) -> Vec<(&'a str, &'a str)> {
    names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect()
}

/// The files of a folder that are wanted, by name.
pub(super) fn file_names(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<String>, SettingsError> {
    let unreadable = |error: std::io::Error| {
        SettingsError::new(format!(
            "prompts.dir: {}: {error}; name the folder that holds the prompts",
            folder.display()
        ))
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if is_wanted(&name) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Reads what a language model's sentences are checked against.
pub fn model_checks(folder: &Path) -> Result<ModelChecks, SettingsError> {
    const ALOUD: &str = "claims/en.toml";
    const SUMMARY: &str = "claims/summary.en.toml";
    let read = |name: &str| String::from_utf8(read_prompt(folder, name)?).map_err(|error| unusable(name, &error));
    let aloud = ClaimCheck::compile(&read(ALOUD)?).map_err(|error| unusable(ALOUD, &error))?;
    let summary = aloud.with_phrases(&read(SUMMARY)?).map_err(|error| unusable(SUMMARY, &error))?;
    Ok(ModelChecks { aloud, summary })
}

/// Reads what a language model is told to do.
pub fn model_prompts(folder: &Path) -> Result<ModelPrompts, SettingsError> {
    let read = |name: &str| {
        let text = String::from_utf8(read_prompt(folder, name)?).map_err(|error| unusable(name, &error))?;
        Ok::<Arc<str>, SettingsError>(text.into())
    };
    Ok(ModelPrompts { aloud: read("model/answer.en.md")?, summary: read("model/summary.en.md")? })
}
