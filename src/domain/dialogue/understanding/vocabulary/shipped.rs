//! The words the package ships, for tests.

use std::sync::{Arc, LazyLock};

use super::{Vocabularies, Vocabulary};
use crate::domain::dialogue::understanding::Understanding;

static ENGLISH: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| Arc::new(vocabulary("en")));

/// The words of English.
pub(crate) fn english() -> &'static Vocabulary {
    &ENGLISH
}

/// The vocabularies of every language that has one.
pub(crate) fn vocabularies() -> Vocabularies {
    Vocabularies::new(vocabulary("en"), [("hi".to_owned(), vocabulary("hi"))].into())
}

/// English as it is understood by rules alone.
pub(crate) fn understanding() -> Understanding {
    Understanding::compile(&read("en.toml"), vocabularies()).expect("the shipped understanding file is well-formed")
}

/// The files of a language, with their names.
pub(crate) fn files(language: &str) -> Vec<(String, String)> {
    let parts = std::fs::read_dir(path(language)).expect("the words are part of the package");
    let names = parts.map(|entry| entry.expect("the folder can be read").file_name().into_string().expect("UTF-8"));
    names.map(|name| (name.clone(), read(&format!("{language}/{name}")))).collect()
}

fn vocabulary(language: &str) -> Vocabulary {
    let files = files(language);
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Vocabulary::load(&files).expect("the shipped words are of the form")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).expect("the file is part of the package")
}

fn path(name: &str) -> String {
    format!("{}/prompts/understanding/{name}", env!("CARGO_MANIFEST_DIR"))
}
