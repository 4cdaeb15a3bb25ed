//! Random conversations from seeds, with what must hold in all of them.

use super::fixtures::{CALLER, brief, orders};
use super::harness::World;
use crate::domain::dialogue::{DialogueCommand, DialogueEvent, EndedBy, RecordingNotice};
use crate::domain::values::RequestId;

const SEEDS: u64 = 2_000;
const STEPS_MAX: usize = 24;

const SAYINGS: &[&str] = &[
    "where is my order",
    "when will it come",
    "is it late",
    "why is it delayed",
    "what did I order",
    "how much do I pay",
    "where did you leave it",
    "yes",
    "yes please",
    "no",
    "no thanks",
    "okay",
    "that's all",
    "five six zero zero three four",
    "one one zero zero one one",
    "flat twelve",
    "two seven one nine",
    "K H four five two seven one nine",
    "Asha Rao",
    "I want another day",
    "on Friday",
    "no, Thursday after six",
    "cancel my order",
    "it arrived damaged",
    "stop calling me",
    "it says delivered but I don't have it",
    "I want to speak to a person",
    "a real person",
    "are you a robot",
    "bananas",
    "is this a scam",
    "is this recorded",
    "don't record me",
    "say that again",
    "speak slower",
    "hold on",
    "hello",
    "thanks",
    "goodbye",
    "leave it with the guard",
    "leave it on the porch",
    "the blue gate behind the temple",
    "delete my data",
    "you stupid idiot",
    "there is a fire help",
    "can you speak Hindi",
    "the first one",
    "the one from Tuesday",
    "start over",
    "I'll sue you",
    "ring me before you come",
    "my card is four two four two four two four two four two four two four two four two",
    "I don't have the number",
    "I won't tell you",
    "my sister will take it",
    "call me back tomorrow",
    "wrong number",
    "",
];

const ORDERS: &[&str] = &[
    "in_transit",
    "in_transit late",
    "in_transit very_stale",
    "in_transit unsent",
    "created overdue no_eta",
    "customs",
    "delayed why",
    "at_local_depot",
    "out_for_delivery cod",
    "attempt_failed why",
    "ready_for_pickup",
    "exception",
    "damaged",
    "lost",
    "returning_to_sender",
    "returned_to_sender",
    "delivered noted",
    "cancelled",
    "unknown no_eta",
    "in_transit two_parcels",
    "in_transit, delayed",
    "in_transit, delayed, out_for_delivery",
    "delivered, in_transit",
    "in_transit stranger",
    "none",
];

/// Facts that only a verified caller may hear.
pub(super) const GUARDED: &[&str] = &[
    "item",
    "more_items",
    "amount",
    "place_left",
    "first_item",
    "second_item",
    "third_item",
    "contents",
    "due",
    "paid",
];

/// Source: the xorshift generator of Marsaglia; enough to choose words.
pub(super) struct Seeded(u64);

impl Seeded {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    pub(super) fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// What all seeds together have reached.
#[derive(Default)]
struct Reached {
    templates: std::collections::BTreeSet<&'static str>,
    words: usize,
    sentences: usize,
    longest: String,
}

#[test]
fn random_conversations_keep_every_promise() {
    let mut reached = Reached::default();
    for seed in 1..=SEEDS {
        walk(seed, &mut reached);
    }
    let average = reached.words / reached.sentences.max(1);
    assert!(average <= 20, "sentences have {average} words on average");
    let longest = reached.longest.split_whitespace().count();
    assert!(longest <= 32, "{longest} words: {}", reached.longest);
    for needed in ["verify_failed", "opt_out_done", "passed_on_day", "callback_recorded", "disclosure_recorded", "menu"]
    {
        assert!(reached.templates.contains(needed), "no seed reached {needed}");
    }
    println!("{} templates, {average} words a sentence, longest: {}", reached.templates.len(), reached.longest);
}

fn walk(seed: u64, reached: &mut Reached) {
    let mut random = Seeded::new(seed);
    let caller = if random.below(4) == 0 { None } else { Some(CALLER) };
    let mut world = World::new(brief(caller, RecordingNotice::Announced), orders(random.pick(ORDERS)));
    if random.below(8) == 0 {
        world.step("cut");
    }
    world.step("opened");
    for _ in 0..random.below(STEPS_MAX) {
        if world.ended.is_some() {
            break;
        }
        let before = world.commands.len();
        step(&mut world, &mut random);
        judge(&world, before, seed, reached);
    }
    let outcome = world.conclude(EndedBy::Caller);
    assert!(!outcome.secondary.contains(&outcome.disposition), "seed {seed}: {outcome:?}");
}

fn step(world: &mut World, random: &mut Seeded) {
    match random.below(40) {
        0 => world.step("silence asks"),
        1 => world.step("cut"),
        2 => world.step(random.pick(&["lookup fails", "lookup slow", "lookup works"])),
        3 => world.step(random.pick(&["store fails", "store slow", "store works"])),
        4 => world.step("arrives"),
        5 => world.step(random.pick(&["keys 1", "keys 2", "keys 0", "keys 9", "keys 560034", "keys 452719", "keys #"])),
        6 => world.step("toolong"),
        7 => speculate(world, random),
        8 => world.feed(DialogueEvent::OrdersFound { request: RequestId(999), orders: Vec::new() }),
        9 => world.step("silence there"),
        10 => world.caller_says(random.pick(&["yes", "no"]), 120),
        _ => world.caller_says(random.pick(SAYINGS), 1_200),
    }
}

/// A clone that hears something changes nothing for the original.
fn speculate(world: &mut World, random: &mut Seeded) {
    let said = random.pick(SAYINGS);
    let mut twin = world.dialogue.clone();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let event = World::caller_event(said);
    twin.handle(world.now, &event, &mut first);
    world.dialogue.clone().handle(world.now, &event, &mut second);
    assert_eq!(format!("{first:?}"), format!("{second:?}"), "a clone's turn left a trace");
}

fn judge(world: &World, before: usize, seed: u64, reached: &mut Reached) {
    let shown = || format!("seed {seed}:\n{}", world.log.join("\n"));
    let new = &world.commands[before..];
    let mut is_awaiting = new.is_empty();
    for command in new {
        match command {
            DialogueCommand::Say { saying, .. } => {
                assert!(!saying.sentences.is_empty(), "{}", shown());
                for sentence in &saying.sentences {
                    note(sentence.template, &sentence.text, reached);
                    assert!(!sentence.text.contains(['{', '}', '_']), "{}\n{}", sentence.text, shown());
                    assert!(!sentence.text.bytes().any(|byte| byte.is_ascii_digit()), "{}\n{}", sentence.text, shown());
                }
                is_awaiting = false;
            }
            DialogueCommand::Await(_) | DialogueCommand::End(_) => is_awaiting = true,
            _ => (),
        }
    }
    assert!(is_awaiting, "nothing is awaited\n{}", shown());
}

fn note(template: &'static str, text: &str, reached: &mut Reached) {
    reached.templates.insert(template);
    for sentence in text.split_inclusive(['.', '?']) {
        let words = sentence.split_whitespace().count();
        reached.words += words;
        reached.sentences += 1;
        if reached.longest.split_whitespace().count() < words {
            reached.longest = sentence.to_owned();
        }
    }
}
