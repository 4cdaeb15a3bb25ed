//! The caller's side of a rehearsal: which answer comes when.

use super::caller::{Caller, Deed};
use super::file::CallerFile;

const FILE: &str = r#"
    persona = "somebody"
    goal = "to try out the rules"
    order = "KH-452719"
    [[answers]]
    to = "ask_day_suits"
    say = ["no", "yes"]
    [[answers]]
    to = "ask_*"
    keys = "1"
    [[answers]]
    to = "still_there"
    hang_up = true
    [expect]
    disposition = "NO_DECISION"
"#;

#[test]
fn rules_are_used_in_order_and_used_up() {
    let file = CallerFile::parse(FILE).expect("the file is right");
    let mut caller = Caller::new(&file);
    let mut deed = |template: &str| caller.answer(template).map(|next| next.deed);
    let says = |text: &str| Some(Deed::Say { text: text.to_owned(), confidence: 0.95, speech_ms: 330 });
    assert_eq!(deed("ask_day_suits"), says("no"));
    assert_eq!(deed("ask_day_suits"), says("yes"));
    assert_eq!(deed("ask_day_suits"), Some(Deed::Keys("1".to_owned())));
    assert_eq!(deed("ask_day_suits"), None);
    assert_eq!(deed("greeting"), None);
    assert_eq!(deed("still_there"), Some(Deed::HangUp));
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let error = CallerFile::parse(&FILE.replace("say =", "says =")).expect_err("no such key").to_string();
    assert!(error.contains("says"), "{error}");
}
