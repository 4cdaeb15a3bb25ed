//! What is said to whoever is rung.

use crate::domain::orders::demo::demo_orders;
use crate::domain::transfer::{HandoverTexts, Triggers};

const TEXTS: &str = include_str!("../../../../prompts/handover/en.toml");
const TRIGGERS: &str = include_str!("../../../../config/handover/triggers.toml");
const ORDERS: &str = include_str!("../../../../config/demo-shop.jsonl");

#[test]
fn a_briefing_says_who_what_and_why() {
    let texts = HandoverTexts::read(TEXTS).unwrap();
    let orders = demo_orders(ORDERS, "2026-11-22T10:00:00+05:30".parse().unwrap()).unwrap();
    let order = orders.iter().find(|order| order.order_ref.0 == "KH-452719").unwrap();
    let briefing = texts.briefing("Kora Home", "anger", Some(order));
    let briefing = briefing.reveal();
    for part in ["Kora Home", order.customer.name.reveal(), "KH-452719", "is angry", "press one or say yes"] {
        assert!(briefing.contains(part), "{part} is not in {briefing}");
    }
    let unknown = texts.briefing("Kora Home", "some_new_reason", None);
    assert!(unknown.reveal().contains("some new reason"), "{}", unknown.reveal());
    assert!(texts.apology("Kora Home").contains("Kora Home will ring you back"));
}

#[test]
fn every_live_trigger_has_its_words() {
    let texts = HandoverTexts::read(TEXTS).unwrap();
    let triggers: toml::Table = toml::from_str(TRIGGERS).unwrap();
    assert!(Triggers::read(TRIGGERS).is_ok());
    for trigger in triggers["live"].as_array().unwrap() {
        let trigger = trigger.as_str().unwrap();
        let plain = format!("; {}.", trigger.replace('_', " "));
        assert!(!texts.briefing("Kora Home", trigger, None).reveal().contains(&plain), "{trigger} has no words");
    }
}

#[test]
fn a_template_that_cannot_be_filled_is_refused() {
    for (is, said) in
        [("{shop}: {name}, about", "{shop}: {nobody}, about"), ("hold = \"Please", "hold = \"{shop} Please")]
    {
        assert!(TEXTS.contains(is), "{is}");
        assert!(HandoverTexts::read(&TEXTS.replace(is, said)).is_err(), "{said}");
    }
    let last = TEXTS.replace("a caller whose order is not known", "{order}");
    assert!(HandoverTexts::read(&last).unwrap_err().contains("the last one"));
}
