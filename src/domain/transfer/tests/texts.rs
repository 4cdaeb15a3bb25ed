//! What is said to whoever is rung.

use crate::domain::orders::Order;
use crate::domain::orders::demo::demo_orders;
use crate::domain::transfer::{Address, Briefing, HandoverTexts, Target, Triggers};

const ENGLISH: &str = include_str!("../../../../prompts/handover/en.toml");
const HINDI: &str = include_str!("../../../../prompts/handover/hi.toml");
const TRIGGERS: &str = include_str!("../../../../config/handover/triggers.toml");
const ORDERS: &str = include_str!("../../../../config/demo-shop.jsonl");

fn read(english: &str, hindi: &str, home: &str) -> Result<HandoverTexts, String> {
    HandoverTexts::read(&[("handover/en.toml", english), ("handover/hi.toml", hindi)], home)
}

fn order() -> Order {
    let orders = demo_orders(ORDERS, "2026-11-22T10:00:00+05:30".parse().unwrap()).unwrap();
    orders.into_iter().find(|order| order.order_ref.0 == "KH-452719").unwrap()
}

/// What somebody with these languages hears of a call for `trigger`.
fn briefing(texts: &HandoverTexts, languages: &[&str], trigger: &str, order: Option<&Order>) -> Briefing {
    let target = Target {
        name: "desk".to_owned(),
        address: Address::Queue,
        languages: languages.iter().map(|&language| language.to_owned()).collect(),
        skills: Vec::new(),
    };
    texts.briefing(&target, "Kora Home", trigger, order)
}

#[test]
fn a_briefing_says_who_what_and_why() {
    let (texts, order) = (read(ENGLISH, HINDI, "en").unwrap(), order());
    let said = briefing(&texts, &[], "anger", Some(&order)).words;
    for part in ["Kora Home", order.customer.name.reveal(), "KH-452719", "is angry", "press one or say yes"] {
        assert!(said.reveal().contains(part), "{part} is not in {}", said.reveal());
    }
    let unknown = briefing(&texts, &[], "some_new_reason", None).words;
    assert!(unknown.reveal().contains("some new reason"), "{}", unknown.reveal());
    assert!(texts.apology("Kora Home").contains("Kora Home will ring you back"));
}

#[test]
fn somebody_is_briefed_in_their_own_language_if_there_are_words() {
    let order = order();
    for (home, languages, is_hindi, voice) in [
        ("en", &["hi-IN", "en"][..], true, Some("hi-IN")),
        ("en", &["ta", "hi"], true, Some("hi-IN")),
        ("en", &["en", "hi"], false, None),
        ("en", &["ta"], false, None),
        ("hi", &[], true, None),
        ("hi", &["en-GB"], false, Some("en-IN")),
    ] {
        let texts = read(ENGLISH, HINDI, home).unwrap();
        let Briefing { words, voice: said_in } = briefing(&texts, languages, "anger", Some(&order));
        let words = words.reveal();
        assert_eq!(
            (words.contains("नाराज़"), words.contains("is angry")),
            (is_hindi, !is_hindi),
            "{home} {languages:?}"
        );
        assert_eq!(said_in.as_deref(), voice, "{home} {languages:?}");
        for part in ["Kora Home", order.customer.name.reveal(), "KH-452719"] {
            assert!(words.contains(part), "{part} is not in {words}");
        }
    }
}

#[test]
fn every_live_trigger_has_its_words_in_every_language() {
    let texts = read(ENGLISH, HINDI, "en").unwrap();
    let triggers: toml::Table = toml::from_str(TRIGGERS).unwrap();
    assert!(Triggers::read(TRIGGERS).is_ok());
    for trigger in triggers["live"].as_array().unwrap() {
        let trigger = trigger.as_str().unwrap();
        let plain = trigger.replace('_', " ");
        for language in ["en", "hi"] {
            let said = briefing(&texts, &[language], trigger, None).words;
            let has_plain = said.reveal().split([';', '.', '।']).any(|part| part.trim() == plain);
            assert!(!has_plain, "{trigger} has no words in {language}");
        }
    }
}

#[test]
fn a_template_that_cannot_be_filled_is_refused() {
    for (is, said) in
        [("{shop}: {name}, about", "{shop}: {nobody}, about"), ("hold = \"Please", "hold = \"{shop} Please")]
    {
        assert!(ENGLISH.contains(is), "{is}");
        assert!(read(&ENGLISH.replace(is, said), HINDI, "en").is_err(), "{said}");
    }
    let last = ENGLISH.replace("a caller whose order is not known", "{order}");
    assert!(read(&last, HINDI, "en").unwrap_err().contains("handover/en.toml: briefing: the last one"));
}

#[test]
fn what_is_not_there_is_refused() {
    let missing = HandoverTexts::read(&[("handover/en.toml", ENGLISH)], "hi").unwrap_err();
    assert_eq!(missing, "handover/hi.toml: it is missing; add it");
    for key in ["anger", "lost"] {
        let kept: Vec<&str> = HINDI.lines().filter(|line| !line.starts_with(&format!("{key} ="))).collect();
        assert!(kept.len() + 1 == HINDI.lines().count(), "{key}");
        let refused = read(ENGLISH, &kept.join("\n"), "en").unwrap_err();
        assert!(refused.starts_with("handover/hi.toml: ") && refused.contains(key), "{refused}");
    }
}
