use super::*;
use crate::domain::dialogue::understanding::SecretKind;

fn files(language: &str) -> Vec<(String, String)> {
    let mut files = shipped::files(language);
    files.sort();
    files
}

fn refusal(file: &str, text: &str) -> String {
    Vocabulary::load(&[(file, text)]).expect_err(text).to_string()
}

#[test]
fn every_part_of_the_language_that_is_understood_is_shipped() {
    let files = files("en");
    let mut parts: Vec<&str> = Vocabulary::PARTS.to_vec();
    parts.sort_unstable();
    assert_eq!(files.iter().map(|(name, _)| part_of(name)).collect::<Vec<_>>(), parts);
}

#[test]
fn a_file_with_a_fault_is_refused_with_its_place_and_the_remedy() {
    let items = "common = \"the and\"\npossessive = \"'s\"\nplural = \"s\"\n";
    assert!(Vocabulary::load(&[("understanding/en/items.toml", items)]).is_ok());
    let cases = [
        ("en/items.toml", format!("{items}extra = \"x\"\n"), "en/items.toml: line 4: unknown field `extra`"),
        ("en/items.toml", items.replace("plural", "plurals"), "en/items.toml: line 3: unknown field `plurals`"),
        ("en/items.toml", items.replace("the and", "the The"), "en/items.toml: line 1: `The`: write it in lower case"),
        ("en/items.toml", items.replace("the and", "the the"), "en/items.toml: line 1: `the` stands here twice"),
        ("en/things.toml", items.to_owned(), "en/things.toml: no part is called `things`; known are numbers, letters"),
    ];
    for (file, text, expected) in cases {
        let refusal = refusal(file, &text);
        assert!(refusal.starts_with(expected), "{refusal}");
    }
}

#[test]
fn a_part_that_cannot_be_read_by_is_refused() {
    let english =
        |part: &str| files("en").into_iter().find(|(name, _)| part_of(name) == part).expect("it is shipped").1;
    let cases = [
        ("letters", "b = \"b ", "b = \"a b ", "`a` stands for A too; take one out"),
        ("names", "\"this is\"", "\"this  is\"", "write words with single blanks between them"),
        ("names", "\"this is\"", "\"it is\"", "a phrase stands here twice; take one out"),
        ("dates", "from = \"08:00\", to = \"12:00\"", "from = \"12:00\", to = \"12:00\"", "is not before"),
        ("dates", "half = \"night\"", "half = \"noon\"", "unknown variant `noon`"),
        ("numbers", "digits = [", "digits = [\"\", ", "here are 11 texts; write 10"),
        ("people", "spouse =", "in_law =", "unknown variant `in_law`"),
    ];
    for (part, from, to, expected) in cases {
        let text = english(part);
        assert!(text.contains(from), "{part}: {from}");
        let refusal = refusal(&format!("en/{part}.toml"), &text.replacen(from, to, 1));
        assert!(refusal.starts_with(&format!("en/{part}.toml: line ")) && refusal.contains(expected), "{refusal}");
    }
}

#[test]
fn the_longest_phrase_is_found_first_in_whatever_order_they_stand() {
    let phrases = Phrases::try_from(vec!["at".to_owned(), "at the rate".to_owned(), "at the".to_owned()]).unwrap();
    assert_eq!(phrases.begin(["at", "the", "rate", "of"].as_slice()), Some(3));
    assert_eq!(phrases.begin(["at", "the"].as_slice()), Some(2));
    assert_eq!(phrases.begin(["at"].as_slice()), Some(1));
    assert_eq!(phrases.begin(["by", "the", "rate"].as_slice()), None);
}

/// A language that is answered by keys has the parts it needs, and no others.
#[test]
fn a_second_language_is_read_by_its_own_words() {
    let vocabularies = shipped::vocabularies();
    let hindi = vocabularies.of("hi");
    let number = "चार एक एक एक एक एक एक एक एक एक एक एक एक एक एक एक";
    let masked = hindi.mask(&format!("मेरा कार्ड {number}"));
    assert_eq!(masked.found.first().map(|secret| secret.kind), Some(SecretKind::CardNumber));
    assert_eq!(masked.text, "मेरा कार्ड [masked]");
    assert_eq!(vocabularies.own().mask(&format!("मेरा कार्ड {number}")).found, []);
    assert_eq!(hindi.languages("तमिल में"), ["ta"]);
    let noon = jiff::civil::date(2026, 11, 18).at(12, 0, 0, 0);
    assert_eq!(hindi.read_dates("tomorrow", noon, Default::default()), []);
}

#[test]
fn a_language_without_words_is_read_by_those_that_are_understood() {
    let vocabularies = shipped::vocabularies();
    assert!(Arc::ptr_eq(vocabularies.of("kn"), vocabularies.own()));
    let none = Vocabulary::default();
    assert_eq!(none.spelled("4 5 2"), b"452");
    assert_eq!(none.spelled("four five two"), b"FOURFIVETWO");
}
