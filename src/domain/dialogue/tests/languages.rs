//! Calls held in another language, by keys: nothing in them is said in any other, and what has no words is for a person.

use std::sync::Arc;

use super::fixtures::{UNDERSTANDING, orders, outbound_brief, prompt_files};
use super::harness::World;
use super::walk::Seeded;
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::dialogue::{Brief, Dialogue, DialogueCommand, EndedBy, Outreach, Phrasebook, RecordingNotice};
use crate::domain::orders::Order;
use crate::domain::outreach::policy::CallRules;
use crate::domain::speech::{Locales, shipped};

const SEEDS: u64 = 1_000;
const STEPS_MAX: usize = 16;

const STEPS: &[&str] = &[
    "keys 1",
    "keys 1",
    "keys 1",
    "keys 2",
    "keys 2",
    "keys 3",
    "keys 4",
    "keys 7",
    "keys 0",
    "keys 9",
    "keys 560034",
    "keys 560034",
    "keys 560034",
    "keys 12",
    "keys 2719",
    "keys 9876543210",
    "keys #",
    "silence asks",
    "silence there",
    "store fails",
    "store works",
    "lookup fails",
    "toolong",
    "cut",
];

const SPOKEN: &[&str] = &["hello", "haan ji", "kaun", "stop calling me", "my card is four two four two", "goodbye"];

const FOUND: &[&str] = &[
    "out_for_delivery cod",
    "out_for_delivery passed",
    "attempt_failed why",
    "attempt_failed",
    "created cod unsent",
    "created cod",
    "created cod unsent",
    "created cod",
    "in_transit",
    "in_transit late very_stale",
    "delayed why",
    "delivered",
    "exception",
    "damaged",
    "lost",
    "returning_to_sender why",
    "returned_to_sender",
    "cancelled",
    "unknown no_eta",
    "customs",
    "ready_for_pickup",
    "at_local_depot",
    "in_transit two_parcels",
];

fn in_language(language: &str, described: &str) -> Vec<Arc<Order>> {
    let in_language = |order: Arc<Order>| {
        let mut order = Arc::unwrap_or_clone(order);
        order.customer.language = Some(language.to_owned());
        Arc::new(order)
    };
    orders(described).into_iter().map(in_language).collect()
}

fn outbound(scenario: &str, order: &Arc<Order>) -> Brief {
    let outreach = Outreach {
        scenario: Scenario::by_name(scenario).unwrap(),
        order: Arc::clone(order),
        heard_before: Arc::new([]),
        may_household_confirm: true,
        rules: CallRules::WIDEST,
    };
    outbound_brief(RecordingNotice::Announced, outreach)
}

fn called(scenario: &str, language: &str, described: &str) -> World {
    let orders = in_language(language, described);
    World::new(outbound(scenario, &orders[0]), orders)
}

/// The same with other words than those shipped.
fn called_with(files: &[(String, String)], locales: Locales, scenario: &str) -> World {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let book = Arc::new(Phrasebook::load(&files, locales).unwrap());
    let orders = in_language("hi-IN", "out_for_delivery");
    let mut world = World::new(outbound(scenario, &orders[0]), orders.clone());
    world.dialogue = Dialogue::new(outbound(scenario, &orders[0]), book, Arc::clone(&UNDERSTANDING));
    world
}

/// The languages of what was said, each once, in order.
fn languages(world: &World) -> Vec<&'static str> {
    let said = world.commands.iter().flat_map(|command| match command {
        DialogueCommand::Say { saying, .. } => saying.sentences.clone(),
        _ => Vec::new(),
    });
    let mut languages: Vec<&str> = said.map(|sentence| sentence.language).collect();
    languages.dedup();
    languages
}

fn has(world: &World, entry: &str) -> bool {
    world.log.iter().any(|line| line.starts_with(entry))
}

#[test]
fn random_keys_in_hindi_reach_no_sentence_without_words() {
    let mut reached = std::collections::BTreeSet::new();
    for seed in 1..=SEEDS {
        let mut random = Seeded::new(seed);
        let scenario = random.pick(&["out_for_delivery", "cod_confirmation", "failed_attempt"]);
        let mut world = called(scenario, "hi-IN", random.pick(FOUND));
        world.step("opened");
        for _ in 0..STEPS_MAX {
            if world.ended.is_some() {
                break;
            }
            match random.below(12) {
                0 => world.caller_says(random.pick(SPOKEN), 1_200),
                _ => world.step(random.pick(STEPS)),
            }
        }
        let shown = format!("seed {seed}, {scenario}:\n{}", world.log.join("\n"));
        assert_eq!(languages(&world), ["hi"], "{shown}");
        assert!(!has(&world, "records language_callback"), "a line has no words\n{shown}");
        reached.extend(world.log.iter().filter_map(|line| line.split(' ').next()).map(str::to_owned));
        world.conclude(EndedBy::Caller);
    }
    for needed in
        ["closing_noted", "closing_day", "amount_due", "opt_out_done", "callback_recorded", "status_delivered"]
    {
        assert!(reached.contains(needed), "no seed reached {needed}");
    }
}

#[test]
fn a_line_without_words_is_for_a_person_who_rings() {
    let mut files = prompt_files();
    let (_, text) = files.iter_mut().find(|(name, _)| name == "o2_out_for_delivery.hi.toml").unwrap();
    *text = text.replace("ask_what_instead = ", "# ");
    let mut world = called_with(&files, shipped::LOCALES.clone(), "out_for_delivery");
    ["opened", "keys 1", "keys 2"].iter().for_each(|step| world.step(step));
    let log = world.log.join("\n");
    assert_eq!(languages(&world), ["hi"], "{log}");
    assert!(has(&world, "records language_callback") && has(&world, "callback_recorded"), "{log}");
    assert!(world.ended.is_some() && has(&world, "closing_our_call"), "{log}");
}

#[test]
fn a_call_without_words_says_only_that_a_person_rings() {
    let mut world = called("delayed", "hi-IN", "delayed why");
    world.step("opened");
    let log = world.log.join("\n");
    assert_eq!(languages(&world), ["hi"], "{log}");
    assert!(has(&world, "call_is_about") && has(&world, "callback_recorded") && world.ended.is_some(), "{log}");
    assert!(!has(&world, "ask_for_person") && !has(&world, "status_"), "{log}");
}

#[test]
fn a_language_that_is_not_spoken_leaves_the_shops_own() {
    let mut world = called_with(&prompt_files(), shipped::spoken(Some(&[])), "out_for_delivery");
    world.step("opened");
    assert_eq!(languages(&world), ["en"], "{}", world.log.join("\n"));
}

#[test]
fn a_wish_for_a_language_is_met_where_there_are_words_and_kept_where_not() {
    let mut world = called("out_for_delivery", "en-IN", "out_for_delivery");
    world.step("opened");
    world.caller_says("Hindi please", 1_200);
    assert_eq!(languages(&world), ["en", "hi"], "{}", world.log.join("\n"));
    ["keys 1", "keys 1"].iter().for_each(|step| world.step(step));
    assert!(has(&world, "records available"), "{}", world.log.join("\n"));

    let mut world = called("out_for_delivery", "en-IN", "out_for_delivery");
    world.step("opened");
    world.caller_says("Tamil please, I don't speak English", 1_200);
    assert_eq!(languages(&world), ["en"]);
    assert!(has(&world, "records language_callback trigger=language language=ta"), "{}", world.log.join("\n"));
}
