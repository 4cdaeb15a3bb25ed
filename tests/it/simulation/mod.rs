//! Whole calls from a seed: simulated caller, carrier, recogniser, look-ups and store, every rule checked after every
//! step. A failing seed prints its timeline; it then joins `seeds.txt`.

mod caller;
mod coverage;
mod honest;
mod line;
mod model;
pub(crate) mod phrases;
pub(crate) mod rng;
mod shopper;
mod strict;
mod talker;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use coverage::Coverage;
use honest::Honest;
use strict::Strict;
use world::World;

/// Played in every test run by each conversation, the random one and the real one; `SIMULATION_SEEDS` asks for more.
const SEEDS: u64 = 2_000;

/// Seeds that once found something, one a line: the conversation, the seed, and a word on what it found.
const REGRESSIONS: &str = include_str!("seeds.txt");

type Play = fn(u64, Strict) -> (Result<(), String>, Strict);

#[test]
fn random_conversations_hold_every_rule_and_reach_every_situation() {
    let coverage = check_all(play_talker);
    let missing = coverage.missing(coverage::required());
    assert!(missing.is_empty(), "not reached: {missing:#?}\nreached:\n{}", coverage.table());
}

#[test]
fn real_conversations_hold_every_promise_and_reach_every_outcome() {
    let coverage = check_all(play_shopper);
    let missing = coverage.missing(honest::required());
    assert!(missing.is_empty(), "not reached: {missing:#?}\nreached:\n{}", coverage.table());
}

#[test]
fn seeds_that_once_failed_hold() {
    for line in REGRESSIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let play = match words.next() {
            Some("talker") => play_talker,
            Some("shopper") => play_shopper,
            other => panic!("no such conversation: {other:?}"),
        };
        check(play, words.next().and_then(|seed| seed.parse().ok()).expect("a seed and a word on it"));
    }
}

fn check_all(play: Play) -> Coverage {
    let seeds = std::env::var("SIMULATION_SEEDS").map_or(SEEDS, |seeds| seeds.parse().expect("a number of seeds"));
    let mut coverage = Coverage::default();
    for seed in 0..seeds {
        coverage.merge(check(play, seed));
    }
    coverage
}

fn check(play: Play, seed: u64) -> Coverage {
    let (outcome, watch) = play(seed, Strict::default());
    let Err(fault) = outcome else { return watch.coverage };
    let (_, again) = play(seed, Strict::writing_down());
    panic!("seed {seed}: {fault}\n{}", again.timeline.unwrap_or_default());
}

fn play_talker(seed: u64, mut watch: Strict) -> (Result<(), String>, Strict) {
    let mut world = World::new(seed, talker::cast);
    let run = catch_unwind(AssertUnwindSafe(|| world.run(&mut watch)));
    let talker = world.call.conversation();
    for (step, is_met) in ["AskAgain", "StillThere", "GiveUp", "LineDead"].iter().zip(talker.silences) {
        if is_met {
            watch.coverage.meet(format!("silence {step}"));
        }
    }
    if talker.patience > 0 {
        watch.coverage.meet("word of patience");
    }
    let own = if talker.is_heard_in_order { None } else { Some("heard out of order".to_owned()) };
    (judge(run, world.conclusions, own, &watch), watch)
}

fn play_shopper(seed: u64, strict: Strict) -> (Result<(), String>, Strict) {
    let mut world = World::new(seed, shopper::cast);
    let mut watch = Honest::new(world.party.manner, strict);
    let run = catch_unwind(AssertUnwindSafe(|| world.run(&mut watch)));
    if run.is_ok() {
        watch.conclude(&world.call);
    }
    (judge(run, world.conclusions, watch.fault.take(), &watch.strict), watch.strict)
}

fn judge(run: std::thread::Result<()>, conclusions: u32, own: Option<String>, watch: &Strict) -> Result<(), String> {
    let panicked = run.err().map(|panic| panic.downcast_ref::<String>().cloned().unwrap_or("panicked".to_owned()));
    let concluded = (conclusions != 1).then(|| format!("concluded {conclusions} times"));
    match panicked.or(concluded).or(own).or_else(|| watch.breach.clone()) {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}
