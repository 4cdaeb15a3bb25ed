//! A thousand transfers with every fault: nobody is forgotten, nobody waits in silence.

use std::collections::{BTreeMap, BTreeSet};

use super::world::{SILENCE_MS_MAX, WHISPER_MS_MAX, World};
use crate::domain::transfer::TryEnd;

const RUNS: u64 = 1_000;

/// What must have come up: a stage and a fact in it, an ending.
const REACHED: &[&str] = &[
    "moving Held",
    "moving NotMoved",
    "moving Woken",
    "moving CustomerGone",
    "moving HostGone",
    "back Held",
    "ringing Placed",
    "ringing Answered",
    "ringing LegEnded",
    "ringing Woken",
    "ringing ThrownOut",
    "ringing CustomerGone",
    "ringing HostGone",
    "briefing Accepted",
    "briefing Refused",
    "briefing LegEnded",
    "briefing Woken",
    "briefing ThrownOut",
    "briefing CustomerGone",
    "briefing HostGone",
    "joining Joined",
    "joining LegEnded",
    "joining Woken",
    "returning CameBack",
    "returning Apologised",
    "returning ThrownOut",
    "returning Woken",
    "returning CustomerGone",
    "returning HostGone",
    "with_person",
    "back",
    "apologised",
    "customer_left",
];

#[test]
fn every_customer_ends_with_a_person_or_with_a_wish_that_stands() {
    let mut reached = BTreeSet::new();
    let mut endings = BTreeMap::<&str, u32>::new();
    let (mut silence_ms_max, mut whisper_ms_max) = (0, 0);
    for seed in 0..RUNS {
        let run = World::run(seed);
        assert!(run.faults.is_empty(), "seed {seed}: {:?}\n{}", run.faults, run.log.join("\n"));
        reached.extend(run.reached);
        silence_ms_max = silence_ms_max.max(run.silence_ms_max);
        whisper_ms_max = whisper_ms_max.max(run.whisper_ms_max);
        let ending = run.ending.expect("a run without a fault has ended");
        *endings.entry(ending.as_str()).or_default() += 1;
    }
    println!("{endings:?}, longest silence {silence_ms_max} ms, longest way to the briefing {whisper_ms_max} ms");
    assert!(0 < silence_ms_max && silence_ms_max <= SILENCE_MS_MAX);
    assert!(0 < whisper_ms_max && whisper_ms_max <= WHISPER_MS_MAX);
    let missed: Vec<_> = REACHED.iter().filter(|wanted| !reached.contains(**wanted)).collect();
    assert!(missed.is_empty(), "never reached: {missed:?}");
    let is_of_a_try = |end: &&TryEnd| !matches!(end, TryEnd::NotMoved | TryEnd::NobodyLeft);
    let ends = TryEnd::ALL.iter().filter(is_of_a_try).map(|end| format!("{end:?}"));
    let missed: Vec<_> = ends.filter(|end| !reached.contains(end)).collect();
    assert!(missed.is_empty(), "no try ended so: {missed:?}");
}
