//! The locales of the package, for tests.

use std::sync::LazyLock;

use super::{Locale, Locales};

/// With their names, in the order of these.
pub(crate) fn files() -> Vec<(String, String)> {
    let folder = format!("{}/prompts/locales", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(&folder).expect("the locales are part of the package");
    let names = entries.map(|entry| entry.expect("the folder can be read").file_name().into_string());
    let mut names: Vec<String> = names.map(|name| name.expect("UTF-8")).collect();
    names.sort();
    let read = |name: &String| std::fs::read_to_string(format!("{folder}/{name}")).expect("a file of the package");
    names.iter().map(|name| (format!("locales/{name}"), read(name))).collect()
}

pub(crate) static LOCALES: LazyLock<Locales> = LazyLock::new(|| spoken(None));

pub(crate) fn spoken(languages: Option<&[&str]>) -> Locales {
    let files = files();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Locales::load(&files, "en-IN", languages).expect("the locales are complete")
}

pub(crate) fn locale(tag: &str) -> Locale {
    LOCALES.get(tag).expect("it is shipped")
}

/// Those of the language that is understood.
pub(crate) fn english() -> Vec<Locale> {
    LOCALES.all().iter().copied().filter(|locale| locale.language() == "en").collect()
}
