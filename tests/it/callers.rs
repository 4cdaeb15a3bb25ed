//! Every scripted caller of `tests/callers` gets the right outcome.

use std::path::Path;
use std::sync::Arc;

use doorstep::app::script;
use doorstep::config::Settings;
use doorstep::domain::call::CallSettings;
use doorstep::domain::orders::demo::demo_orders;
use doorstep::rehearsal::{CallerFile, House, rehearse};
use doorstep::runtime::reception::Script;

/// Fewer would mean that the folder was not read.
const CALLERS_MIN: usize = 400;

fn house() -> House {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Script { phrasebook, understanding } = script(&root.join("prompts")).expect("the prompts are sound");
    let now = "2026-11-22T10:00:00+05:30".parse().expect("a moment");
    let orders = demo_orders(include_str!("../../config/demo-shop.jsonl"), now).expect("the demo shop is sound");
    let shop = Arc::new(Settings::default().shop.profile());
    House { phrasebook, understanding, shop, orders, now, settings: Arc::new(CallSettings::default()) }
}

#[test]
fn every_caller_gets_the_right_outcome() {
    let house = house();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/callers");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("readable").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut misses = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("the file can be read");
        let file = CallerFile::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let rehearsed = rehearse(&file, &house).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if !rehearsed.is_right() {
            misses.push(format!("{}: {}\n{}", path.display(), rehearsed.misses.join("; "), rehearsed.conversation()));
        }
    }
    assert!(misses.is_empty(), "{} of {} callers missed:\n{}", misses.len(), paths.len(), misses.join("\n\n"));
    assert!(CALLERS_MIN <= paths.len(), "only {} callers were read", paths.len());
}
