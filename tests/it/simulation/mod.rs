//! Whole calls from a seed: simulated caller, carrier, recogniser, look-ups and store, every rule checked after every
//! step. A failing seed prints its timeline; it then joins `seeds.txt`.

mod caller;
mod coverage;
mod line;
pub(crate) mod rng;
mod strict;
mod talker;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use coverage::Coverage;
use strict::Strict;
use talker::Talker;
use world::World;

/// Played in every test run; `SIMULATION_SEEDS` asks for more.
const SEEDS: u64 = 2_000;

/// Seeds that once found something, one a line, with a word on what they found.
const REGRESSIONS: &str = include_str!("seeds.txt");

#[test]
fn calls_hold_every_rule_and_reach_every_situation() {
    let mut coverage = Coverage::default();
    let seeds = std::env::var("SIMULATION_SEEDS").map_or(SEEDS, |seeds| seeds.parse().expect("a number of seeds"));
    for seed in 0..seeds {
        coverage.merge(check(seed));
    }
    let missing = coverage.missing();
    assert!(missing.is_empty(), "not reached: {missing:#?}\nreached:\n{}", coverage.table());
}

#[test]
fn seeds_that_once_failed_hold() {
    for line in REGRESSIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let seed = line.split_whitespace().next().and_then(|seed| seed.parse().ok()).expect("a seed and a word on it");
        check(seed);
    }
}

fn check(seed: u64) -> Coverage {
    let (outcome, watch) = play(seed, Strict::default());
    let Err(fault) = outcome else { return watch.coverage };
    let (_, again) = play(seed, Strict::writing_down());
    panic!("seed {seed}: {fault}\n{}", again.timeline.unwrap_or_default());
}

fn play(seed: u64, mut watch: Strict) -> (Result<(), String>, Strict) {
    let mut world = World::new(seed, Talker::new);
    let run = catch_unwind(AssertUnwindSafe(|| world.run(&mut watch)));
    let talker = world.call.conversation();
    for (step, is_met) in ["AskAgain", "StillThere", "GiveUp"].iter().zip(talker.silences) {
        if is_met {
            watch.coverage.meet(format!("silence {step}"));
        }
    }
    if talker.patience > 0 {
        watch.coverage.meet("word of patience");
    }
    let fault = match run {
        Err(panic) => Some(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "panicked".to_owned())),
        Ok(()) if world.conclusions != 1 => Some(format!("concluded {} times", world.conclusions)),
        Ok(()) if !talker.is_heard_in_order => Some("heard out of order".to_owned()),
        Ok(()) => watch.breach.clone(),
    };
    (fault.map_or(Ok(()), Err), watch)
}
