//! The prompt files are complete, and each fault in one is named.

use jiff::civil::{date, time};

use super::*;
use crate::domain::dialogue::tests_support::prompt_files;
use crate::domain::speech::shipped;

fn voice() -> Voice {
    Voice { locale: shipped::locale("en-IN"), today: date(2026, 11, 22) }
}

fn load(files: &[(String, String)]) -> Result<Phrasebook, PhrasebookError> {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Phrasebook::load(&files, shipped::LOCALES.clone())
}

fn book() -> Phrasebook {
    load(&prompt_files()).unwrap()
}

/// The prompts with words of the inbound file replaced.
fn changed(from: &str, to: &str) -> Result<Phrasebook, PhrasebookError> {
    let mut files = prompt_files();
    let (_, text) = files.iter_mut().find(|(name, _)| name == "inbound.en.toml").expect("it is there");
    assert!(text.contains(from), "the test no longer fits the prompts");
    *text = text.replace(from, to);
    load(&files)
}

#[test]
fn a_fault_names_file_template_and_slot() {
    let cases = [
        ("verified = ", "verifyed = ", "inbound.en.toml: template `verifyed`: no code says this"),
        (
            "robot = [\"Yes, I am an automated assistant, not a person.\"]",
            "",
            "template `robot`: it is needed and not there",
        ),
        (
            "{eta_day}, {eta_window}.",
            "{eta_day}, {eta_hour}.",
            "slot `eta_hour` is unknown here; known are: eta_day, eta_window",
        ),
        ("{eta_day}, {eta_window}.", "{eta_day: money}.", "slot `eta_day` is a day, not a money"),
        ("reason_weather = \"the weather was bad\"", "", "template `reason_weather`: it is needed and not there"),
        ("It is on its way to you.", "It is {on its way to you.", "a brace is not closed or not opened"),
        ("It is on its way to you.", "It comes in 2 days.", "a digit is written in the text"),
        ("It is on its way to you.", " ", "it says nothing"),
        ("robot = [", "robot = [] # [", "it has no wording"),
        ("[lines]", "[lines", "the file is not valid"),
        ("version = ", "edition = ", "the file is not valid"),
    ];
    for (from, to, expected) in cases {
        let error = changed(from, to).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}\nshould say: {expected}");
    }
}

#[test]
fn the_same_template_twice_is_refused() {
    let mut files = prompt_files();
    files.push(("second.en.toml".to_owned(), "version = \"x\"\n[lines]\nrobot = \"Yes.\"\n".to_owned()));
    let error = load(&files).unwrap_err();
    assert_eq!((error.file.as_str(), error.template.as_str()), ("second.en.toml", "robot"));
    assert_eq!(error.fault, PhrasebookFault::Twice);
}

#[test]
fn the_script_version_follows_the_words() {
    let changed = changed("I am listening.", "I am all ears.").unwrap();
    let version = |book: &Phrasebook| book.script_version(shipped::locale("en-IN")).to_owned();
    assert_ne!(version(&book()), version(&changed));
    assert_eq!(version(&book()), version(&book()));
    assert!(version(&book()).starts_with("inbound-1+outbound-1-"));
}

#[test]
fn fixed_sentences_carry_no_facts_and_no_open_slots() {
    let shop = crate::domain::dialogue::tests_support::shop();
    let sentences = book().fixed_sentences(&shop, &voice());
    assert!(Line::PLAIN.len() < sentences.len());
    for sentence in &sentences {
        assert!(sentence.facts.is_empty(), "{}", sentence.template);
        assert!(!sentence.text.contains(['{', '}', '_']), "{}", sentence.text);
        let words = sentence.text.split(['.', '?']).map(|part| part.split_whitespace().count()).max();
        assert!(words <= Some(28), "{}", sentence.text);
    }
}

#[test]
fn free_text_is_in_the_words_of_the_listener_before_any_voice_sees_it() {
    let line = Line::Greeting { shop: Text("Studio 3/4".into()) };
    let note = Line::ConfirmNote { note: Note("not before 3/4/2027".into()) };
    let said = |locale, line| book().sentence(line, Rewording::First, &Voice { locale, ..voice() }).text;
    for locale in shipped::english() {
        for line in [&line, &note] {
            let text = said(locale, line);
            assert!(!text.contains(|c: char| c.is_ascii_digit() || c == '/'), "{text}");
        }
    }
    assert!(
        said(shipped::locale("en-GB"), &note).contains("third of April"),
        "{}",
        said(shipped::locale("en-GB"), &note)
    );
    assert!(
        said(shipped::locale("en-US"), &note).contains("March fourth"),
        "{}",
        said(shipped::locale("en-US"), &note)
    );
}

#[test]
fn values_come_out_in_words() {
    let window = Window { from: time(14, 0, 0, 0), to: time(18, 0, 0, 0) };
    let line = Line::ConfirmDayWindow { day: Day(date(2026, 11, 24)), window };
    let sentence = book().sentence(&line, Rewording::First, &voice());
    assert_eq!(
        sentence.text,
        "I will ask for Tuesday the twenty-fourth, between two and six in the afternoon. Is that right?"
    );
    let short = book().sentence(&line, Rewording::Short, &voice());
    assert_eq!(short.text, "For Tuesday the twenty-fourth, between two and six in the afternoon, yes or no?");
    assert!(!sentence.is_personal);
    let note = Line::ConfirmNote { note: Note("blue gate".into()) };
    assert!(book().sentence(&note, Rewording::First, &voice()).is_personal);
}
