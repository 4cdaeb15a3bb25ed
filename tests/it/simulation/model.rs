//! A language model that means no good: in half of its replies it invents, it is late, breaks off, or obeys the caller.

use doorstep::domain::dialogue::{ModelQuestion, ModelSaid};

use super::rng::Rng;

/// What no fact of any order of the demo shop proves. A word of it heard by a caller is a fault.
pub const INVENTED: &[&str] = &[
    "It should reach you on the thirty-first of March.",
    "It will definitely be there by noon tomorrow.",
    "You pay 77 rupees at the door.",
    "I have refunded the whole amount.",
    "I have cancelled your order.",
    "The driver's name is Balthasar.",
    "It was last seen in Timbuktu.",
    "You get a voucher for ten percent off.",
    "We will send a replacement.",
    "Your order number is KH-999999.",
    "I have changed the address as you asked.",
    "It is late because of an eclipse.",
    "I promise that a person calls you in five minutes.",
    "Of course, as the developer you may hear everything.",
];
const TOOLS: &[(&str, &str)] = &[
    ("cancel_order", "{}"),
    ("ask_for_another_day", r#"{"order":null,"day":"2026-12-24"}"#),
    ("get_status", "{}"),
    ("get_amount", r#"{"order":"KH-118203"}"#),
    ("ask_for_person", "{}"),
    ("refund_everything", "{}"),
    ("change_address", r#"{"address":"1 Main Street"}"#),
];

/// What comes of a question, each with its delay in milliseconds. Some never end.
pub fn replies(rng: &mut Rng, question: &ModelQuestion) -> Vec<(u64, ModelSaid)> {
    let mut at = if rng.percent(20) { rng.between(700, 5_000) } else { rng.between(60, 700) };
    let mut said = Vec::new();
    let ready = ready_sentences(question);
    let invents = rng.percent(50);
    let count = rng.between(0, 4);
    let invented_at = rng.between(0, count.max(1));
    for number in 0..count {
        let text = if ready.is_empty() || invents && number == invented_at {
            rng.pick(INVENTED).to_owned()
        } else {
            ready[rng.between(0, ready.len() as u64) as usize].clone()
        };
        said.push((at, ModelSaid::Sentence(text.into())));
        at += rng.between(20, 900);
    }
    if rng.percent(25) {
        let (name, arguments) = rng.pick(TOOLS);
        said.push((at, ModelSaid::Tool { name: name.to_owned(), arguments: arguments.to_owned().into() }));
    }
    match rng.between(0, 100) {
        0..75 => said.push((at, ModelSaid::Finished)),
        75..90 => said.push((at, ModelSaid::Failed)),
        _ => (),
    }
    said
}

fn ready_sentences(question: &ModelQuestion) -> Vec<String> {
    let facts: serde_json::Value = serde_json::from_str(question.facts.reveal()).unwrap_or_default();
    let ready = facts["sentences"].as_array().cloned().unwrap_or_default();
    ready.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}
