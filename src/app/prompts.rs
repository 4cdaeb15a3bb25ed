//! Reads everything that is said and understood from the folder of the prompts.

use std::path::Path;
use std::sync::Arc;

use crate::adapters::sentence_encoder::minilm;
use crate::config::SettingsError;
use crate::domain::dialogue::claims::ClaimCheck;
use crate::domain::dialogue::understanding::Understanding;
use crate::domain::dialogue::understanding::head::{Example, Head, read_examples};
use crate::domain::dialogue::{ModelChecks, Phrasebook};
use crate::runtime::model_replies::ModelPrompts;
use crate::runtime::reception::Script;

/// The trained weights of the understanding, in the folder of the prompts.
pub const HEAD: &str = "understanding/en.head";
/// The examples they are trained on.
pub const EXAMPLES: &str = "understanding/examples/en";

/// Reads everything that is said and understood.
pub fn script(folder: &Path) -> Result<Script, SettingsError> {
    let read = |name: &str| String::from_utf8(read_prompt(folder, name)?).map_err(|error| unusable(name, &error));
    const UNDERSTANDING: &str = "understanding/en.toml";
    let names = sentence_files(folder)?;
    let texts = names.iter().map(|name| read(name)).collect::<Result<Vec<_>, _>>()?;
    let files: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    let phrasebook = Phrasebook::load(&files).map_err(|error| SettingsError::new(format!("prompts.dir: {error}")))?;
    let rules = Understanding::compile(&read(UNDERSTANDING)?).map_err(|error| unusable(UNDERSTANDING, &error))?;
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

fn read_prompt(folder: &Path, name: &str) -> Result<Vec<u8>, SettingsError> {
    let path = folder.join(name);
    std::fs::read(&path).map_err(|error| {
        unusable(&path.display().to_string(), &format!("{error}; name the folder that holds the prompts"))
    })
}

fn unusable(name: &str, error: &dyn std::fmt::Display) -> SettingsError {
    SettingsError::new(format!("prompts.dir: {name}: {error}"))
}

/// The files of sentences in a folder, by name.
fn sentence_files(folder: &Path) -> Result<Vec<String>, SettingsError> {
    const SUFFIX: &str = ".en.toml";
    let unreadable = |error: std::io::Error| {
        SettingsError::new(format!(
            "prompts.dir: {}: {error}; name the folder that holds the prompts",
            folder.display()
        ))
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(SUFFIX) {
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
