//! Every scripted caller of `tests/callers` gets the right outcome.

use std::path::Path;
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

/// Returns how many sentences of models were blocked.
fn all_get_the_right_outcome(house: &House) -> u32 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/callers");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("readable").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut misses = Vec::new();
    let mut blocked = 0;
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("the file can be read");
        let file = CallerFile::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let rehearsed = rehearse(&file, house).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        blocked += rehearsed.blocked;
        if !rehearsed.is_right() {
            misses.push(format!("{}: {}\n{}", path.display(), rehearsed.misses.join("; "), rehearsed.conversation()));
        }
    }
    assert!(misses.is_empty(), "{} of {} callers missed:\n{}", misses.len(), paths.len(), misses.join("\n\n"));
    assert!(CALLERS_MIN <= paths.len(), "only {} callers were read", paths.len());
    blocked
}
