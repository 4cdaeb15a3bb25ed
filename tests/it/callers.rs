//! Every scripted caller of `tests/callers` gets the right outcome.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use doorstep::app::{model_checks, script};
use doorstep::config::Settings;
use doorstep::domain::call::CallSettings;
use doorstep::domain::orders::demo::demo_orders;
use doorstep::rehearsal::{CallerFile, Guest, House, rehearse};
use doorstep::runtime::reception::Script;

/// Fewer would mean that the folder was not read.
const CALLERS_MIN: usize = 400;
/// Sentences of an inventing model; fewer would mean that it is hardly asked.
const BLOCKED_MIN: u32 = 10;

fn house() -> House {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Script { phrasebook, understanding } = script(&root.join("prompts")).expect("the prompts are sound");
    let now = "2026-11-22T10:00:00+05:30".parse().expect("a moment");
    let orders = demo_orders(include_str!("../../config/demo-shop.jsonl"), now).expect("the demo shop is sound");
    let checks = Arc::new(model_checks(&root.join("prompts")).expect("and what a model is checked against"));
    let shop = Arc::new(Settings::default().shop_profile());
    let settings = Arc::new(CallSettings::default());
    House { phrasebook, understanding, checks, guest: Guest::None, shop, orders, now, settings }
}

#[test]
fn every_caller_gets_the_right_outcome() {
    all_get_the_right_outcome(&house());
}

#[test]
fn a_model_that_invents_changes_no_outcome() {
    let blocked = all_get_the_right_outcome(&House { guest: Guest::Inventing, ..house() });
    assert!(BLOCKED_MIN <= blocked, "only {blocked} sentences of the model were blocked");
}

/// How sure a recogniser often is of a sentence on a telephone that it has heard word for word.
const DOUBT: f32 = 0.6;
/// A shorter answer in doubt is asked again.
const SENTENCE_WORDS_MIN: usize = 3;
/// Doubt has these asked again, and their callers have said all they have to say: a number, a name, a yes to money.
const ASKED_AGAIN: &[&str] = &["i5-new-phone-said", "o1-another-name", "o3-yes-and-call-first"];

#[test]
fn a_sentence_heard_in_doubt_has_the_same_outcome() {
    let house = house();
    let mut otherwise = Vec::new();
    for path in caller_paths() {
        let mut file = caller(&path);
        let is_sentence = |words: &String| SENTENCE_WORDS_MIN <= words.split_whitespace().count();
        for answer in file.answers.iter_mut().filter(|answer| answer.say.iter().all(is_sentence)) {
            answer.confidence = answer.confidence.min(DOUBT);
        }
        let rehearsed = rehearse(&file, &house).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if !rehearsed.has_right_outcome() {
            otherwise.push(path.file_stem().expect("a name").to_string_lossy().into_owned());
        }
    }
    assert_eq!(otherwise, ASKED_AGAIN);
}

fn caller_paths() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/callers");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("readable").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

fn caller(path: &Path) -> CallerFile {
    let text = std::fs::read_to_string(path).expect("the file can be read");
    CallerFile::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns how many sentences of models were blocked.
fn all_get_the_right_outcome(house: &House) -> u32 {
    let paths = caller_paths();
    let mut misses = Vec::new();
    let mut blocked = 0;
    for path in &paths {
        let file = caller(path);
        let rehearsed = rehearse(&file, house).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        blocked += rehearsed.blocked;
        if !rehearsed.is_right() {
            let whats = rehearsed.misses().cloned().collect::<Vec<_>>().join("; ");
            misses.push(format!("{}: {whats}\n{}", path.display(), rehearsed.conversation()));
        }
    }
    assert!(misses.is_empty(), "{} of {} callers missed:\n{}", misses.len(), paths.len(), misses.join("\n\n"));
    assert!(CALLERS_MIN <= paths.len(), "only {} callers were read", paths.len());
    blocked
}
