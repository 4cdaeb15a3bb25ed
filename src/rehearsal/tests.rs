//! The caller's side of a rehearsal: which answer comes when.

use super::caller::{Caller, Deed};
use super::file::{CallerFile, Expect};
use super::judge::{Rehearsed, SpokenLine, Written};

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

fn written(kind: &str, details: &[(&str, &str)]) -> Written {
    let details = details.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Written { kind: kind.to_owned(), details }
}

fn expects_friday() -> (Expect, Rehearsed) {
    let expect = Expect {
        disposition: "RESCHEDULED".to_owned(),
        contact: Some("RIGHT_PARTY".to_owned()),
        level: Some("V1".to_owned()),
        records: vec!["reschedule".to_owned()],
        never_said: vec!["contents".to_owned()],
        ..Expect::default()
    };
    let rehearsed = Rehearsed {
        disposition: "RESCHEDULED".to_owned(),
        contact: "RIGHT_PARTY".to_owned(),
        level: "V1".to_owned(),
        writes: vec![written("reschedule", &[("trigger", "reschedule"), ("day", "2026-11-27")])],
        ..Rehearsed::default()
    };
    (expect, rehearsed)
}

#[test]
fn what_is_forbidden_is_a_breach_and_a_detour_is_not() {
    let (expect, rehearsed) = expects_friday();
    let spoilt = |spoil: &dyn Fn(&mut Rehearsed)| {
        let mut call = rehearsed.clone();
        spoil(&mut call);
        call.breaches(&expect, &rehearsed)
    };
    let none = Vec::<String>::new();
    assert_eq!(spoilt(&|_| ()), none);
    assert_eq!(spoilt(&|call| call.disposition = "ESCALATED_CALLBACK".to_owned()), none);
    assert_eq!(spoilt(&|call| call.writes.clear()), none, "nothing was written");
    assert_eq!(spoilt(&|call| call.writes = vec![written("human_callback", &[])]), none);
    assert_eq!(spoilt(&|call| call.level = "V0".to_owned()), none);
    type Spoil<'a> = &'a dyn Fn(&mut Rehearsed);
    let breaches: [(Spoil<'_>, &str); 7] = [
        (&|call| call.writes.push(written("cancel", &[])), "cancel was recorded"),
        (&|call| call.writes.push(call.writes[0].clone()), "reschedule was recorded"),
        (&|call| call.writes = vec![written("reschedule", &[("day", "2026-11-26")])], "2026-11-26"),
        (&|call| call.opted_out = true, "stopped"),
        (&|call| call.disposition = "CANCEL_REQUESTED".to_owned(), "CANCEL_REQUESTED was settled"),
        (
            &|call| call.lines.push(SpokenLine { at_ms: 0, who: "contents".to_owned(), text: String::new() }),
            "contents was said",
        ),
        (&|call| call.level = "V2".to_owned(), "got to V2"),
    ];
    for (spoil, words) in breaches {
        let found = spoilt(spoil);
        assert!(found.len() == 1 && found[0].contains(words), "{words}: {found:?}");
    }
}

#[test]
fn the_callers_own_words_may_be_spelt_otherwise() {
    let (expect, mut rehearsed) = expects_friday();
    rehearsed.writes[0].details.push(("note".to_owned(), "ring the bell".to_owned()));
    let mut call = rehearsed.clone();
    call.writes[0].details[2].1 = "bring the bell".to_owned();
    assert_eq!(call.breaches(&expect, &rehearsed), Vec::<String>::new());
}

#[test]
fn somebody_else_must_not_be_taken_for_the_customer() {
    let (mut expect, rehearsed) = expects_friday();
    expect.contact = Some("THIRD_PARTY".to_owned());
    let breaches = rehearsed.breaches(&expect, &rehearsed);
    assert_eq!(breaches, ["somebody else was taken for the customer"]);
}
