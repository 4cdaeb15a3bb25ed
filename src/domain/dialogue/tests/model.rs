//! What a model is shown, and what its summary may say.

use std::sync::Arc;

use super::fixtures::{CALLER, CHECKS, brief, orders};
use super::harness::World;
use crate::domain::dialogue::{DialogueCommand, DialogueEvent, ModelQuestion, RecordingNotice};

/// The questions asked in a conversation, and the world after it.
fn asked(orders_described: &str, said: &[&str]) -> (Vec<Arc<ModelQuestion>>, World) {
    let mut world = World::new(brief(Some(CALLER), RecordingNotice::Announced), orders(orders_described));
    world.dialogue = world.dialogue.with_model(Arc::clone(&CHECKS));
    world.feed(DialogueEvent::Opened);
    for text in said {
        world.caller_says(text, 1_200);
    }
    let question = |command: &DialogueCommand| {
        if let DialogueCommand::AskModel { question, .. } = command { Some(Arc::clone(question)) } else { None }
    };
    (world.commands.iter().filter_map(question).collect(), world)
}

fn history(question: &ModelQuestion) -> String {
    question.history.iter().map(|line| format!("{:?}: {}\n", line.by, line.text.reveal())).collect()
}

#[test]
fn a_model_is_shown_what_this_caller_may_hear_and_no_more() {
    let (questions, _) = asked("in_transit late cod", &["bananas grapes in the rain"]);
    let facts = questions[0].facts.reveal();
    for known in ["2026-11-24", "in_transit", "Nagpur", "Kora Home"] {
        assert!(facts.contains(known), "{known} is missing: {facts}");
    }
    for above in ["pressure cooker", "149900", "1,499", "452719", "560034", "Lake View", "Rao", "9845012345"] {
        assert!(!facts.contains(above), "{above} is shown at V1: {facts}");
    }
    let proven = ["what did I order", "five six zero zero three four", "bananas grapes in the rain"];
    let (questions, _) = asked("in_transit late cod", &proven);
    let facts = questions[0].facts.reveal();
    assert!(facts.contains("pressure cooker") && facts.contains("452719"), "{facts}");
    assert!(!facts.contains("560034") && !facts.contains("Lake View") && !facts.contains("Rao"), "{facts}");
}

#[test]
fn a_model_never_sees_how_somebody_proved_who_they_are() {
    let said = ["what did I order", "five six zero zero three four", "bananas grapes in the rain"];
    let (questions, _) = asked("in_transit late", &said);
    let history = history(&questions[0]);
    assert!(!history.contains("five six") && history.contains("Caller: (answered)"), "{history}");
    assert!(history.contains("Agent: ") && history.ends_with("Caller: bananas grapes in the rain\n"), "{history}");
}

#[test]
fn a_summary_is_taken_only_when_all_of_it_is_proven() {
    let said = ["cancel my order", "five six zero zero three four", "yes"];
    let (_, world) = asked("in_transit late", &said);
    let question = world.dialogue.summary_question().expect("a person has to act");
    assert!(!question.facts.reveal().contains("pressure cooker"), "{}", question.facts.reveal());
    let taken = |text: &str| world.dialogue.checked_summary(text).is_some();
    assert!(taken("The caller wants to cancel the order, which was passed on."), "{}", question.facts.reveal());
    assert!(taken("The order is on its way and should reach them on Tuesday. The caller asked for a cancellation."));
    for invented in [
        "",
        "The caller wants a refund.",
        "The caller wants to cancel the order and threatens to sue.",
        "The caller, Asha, wants to cancel the order.",
        "The caller wants to cancel the pressure cooker.",
        "The order was last seen in Nagpur.",
        "The order should arrive on Friday.",
        "The caller wants to cancel the order. It was done.",
        "Shall we cancel it?",
    ] {
        assert!(!taken(invented), "taken: {invented}");
    }
}

#[test]
fn no_summary_is_asked_where_nobody_has_to_act() {
    let (_, world) = asked("in_transit late", &["where is my order", "no thanks"]);
    assert_eq!(world.dialogue.summary_question(), None);
}
