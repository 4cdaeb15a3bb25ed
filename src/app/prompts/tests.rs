use super::*;
use crate::domain::speech::shipped;

/// A folder with the words of English alone.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in Vocabulary::PARTS {
        let file = format!("{VOCABULARIES}/{UNDERSTOOD}/{part}.toml");
        let text = std::fs::read_to_string(Path::new("prompts").join(&file)).unwrap();
        write(&folder, &file, &text);
    }
    folder
}

fn write(folder: &tempfile::TempDir, file: &str, text: &str) {
    let path = folder.path().join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn the_words_of_the_language_that_is_understood_must_all_be_there_and_right() {
    let refusal = |folder: &tempfile::TempDir| vocabulary(folder.path()).unwrap_err().to_string();
    let whole = folder();
    assert!(vocabulary(whole.path()).is_ok());
    write(&whole, "understanding/en/things.toml", "");
    assert!(refusal(&whole).starts_with("prompts.dir: understanding/en/things.toml: no part is called `things`"));
    let broken = folder();
    write(&broken, "understanding/en/items.toml", "common = \"the\"\nplural = \"s\"\nendings = \"s\"\n");
    assert!(refusal(&broken).starts_with("prompts.dir: understanding/en/items.toml: line 3: unknown field `endings`"));
    let partial = folder();
    std::fs::remove_file(partial.path().join("understanding/en/dates.toml")).unwrap();
    assert!(refusal(&partial).starts_with("prompts.dir: understanding/en/dates.toml: callers are understood by it"));
}

#[test]
fn a_language_that_is_answered_by_keys_has_the_words_it_has() {
    let folder = folder();
    let read = || vocabularies(folder.path(), &shipped::LOCALES);
    let without = read().unwrap();
    assert!(Arc::ptr_eq(without.of("hi"), without.own()));
    write(&folder, "understanding/hi/languages.toml", "denials = \"\"\n[names]\nta = \"tamil\"\n");
    let with = read().unwrap();
    assert_eq!(with.of("hi").languages("tamil or english"), ["ta"]);
    assert_eq!(with.own().languages("tamil or english"), ["ta", "en"]);
    write(&folder, "understanding/hi/languages.toml", "denials = \"\"\n");
    let refusal = read().unwrap_err().to_string();
    assert_eq!(refusal, "prompts.dir: understanding/hi/languages.toml: line 1: missing field `names`");
}
