//! Feeds hostile bytes to every decoder of outside bytes: none may panic, stall, or take memory out of proportion.
//!
//! Every `cargo test` runs the corpus and a few thousand mutations of it from a fixed seed; `make fuzz` runs for a
//! time, from a new seed. An input that breaks a decoder is kept under `var/fuzz`; once the decoder is mended it
//! moves to `fuzz/corpus/<target>`.

mod memory;
mod mutate;
mod targets;

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mutate::Mutator;
use targets::{TARGETS, Target};

const ROUNDS_IN_A_TEST: u32 = 3_000;
const SEED_IN_A_TEST: u64 = 1;

/// What a decoder may hold at once: room for fixed tables, and a few copies of what came.
const BYTES_HELD_BASE: usize = 1 << 20;
const BYTES_HELD_PER_BYTE: usize = 64;

/// Far above what any input needs, so that a busy machine does not fail the build.
const TIME_MAX: Duration = Duration::from_secs(5);

#[test]
fn every_decoder_survives_hostile_bytes() {
    let budget = Budget::from_environment();
    for target in TARGETS {
        let rounds = run(target, &budget).unwrap_or_else(|failure| panic!("{failure}"));
        assert!(0 < rounds, "{}: nothing was tried", target.name);
        println!("{}: {rounds} inputs from seed {}", target.name, budget.seed);
    }
}

/// How long to go on, and from where.
struct Budget {
    time: Option<Duration>,
    seed: u64,
}

impl Budget {
    fn from_environment() -> Self {
        let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a whole number"));
        let time = number("DOORSTEP_FUZZ_SECONDS").map(Duration::from_secs);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("it is after 1970");
        let fresh = if time.is_some() { now.subsec_nanos().into() } else { SEED_IN_A_TEST };
        Self { time, seed: number("DOORSTEP_FUZZ_SEED").unwrap_or(fresh) }
    }

    fn is_spent(&self, begun: Instant, rounds: u32) -> bool {
        match self.time {
            Some(time) => time <= begun.elapsed(),
            None => ROUNDS_IN_A_TEST <= rounds,
        }
    }
}

/// The number of inputs tried, or what went wrong with one of them.
fn run(target: &Target, budget: &Budget) -> Result<u32, String> {
    let corpus = corpus_of(target);
    for input in &corpus {
        try_input(target, input).map_err(|what| keep(target, input, budget.seed, &what))?;
    }
    let mut mutator = Mutator::new(budget.seed, corpus);
    let (begun, mut rounds) = (Instant::now(), 0);
    while !budget.is_spent(begun, rounds) {
        let input = mutator.next_input();
        try_input(target, &input).map_err(|what| keep(target, &input, budget.seed, &what))?;
        rounds += 1;
    }
    Ok(rounds)
}

fn corpus_of(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target.name);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the corpus can be listed").path()).collect();
    paths.sort();
    let corpus: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).expect("the corpus can be read")).collect();
    assert!(!corpus.is_empty(), "{}: put a valid input into {}", target.name, folder.display());
    corpus
}

fn try_input(target: &Target, input: &[u8]) -> Result<(), String> {
    let begun = Instant::now();
    let (ended, held) = memory::most_held_during(|| catch_unwind(|| (target.decode)(input)));
    let held_max = BYTES_HELD_BASE + BYTES_HELD_PER_BYTE * input.len();
    if ended.is_err() {
        return Err("panicked".to_owned());
    }
    if held_max < held {
        return Err(format!("held {held} bytes for an input of {}", input.len()));
    }
    if TIME_MAX < begun.elapsed() {
        return Err(format!("took {:?}", begun.elapsed()));
    }
    Ok(())
}

fn keep(target: &Target, input: &[u8], seed: u64, what: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("var/fuzz").join(target.name);
    let file = folder.join(format!("seed-{seed}"));
    let kept = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, input));
    let place = kept.map_or_else(|error| format!("not kept: {error}"), |()| format!("kept in {}", file.display()));
    format!("{} {what}; seed {seed}; the input is {place}", target.name)
}

#[test]
fn a_panic_a_hoard_and_a_plain_success_are_told_apart() {
    fn panics(input: &[u8]) {
        assert!(input.first() != Some(&b'!'), "on purpose");
    }
    fn hoards(input: &[u8]) {
        std::hint::black_box(vec![0_u8; input.len() * 8 + (3 << 20)]);
    }
    let panics = Target { name: "panics", decode: panics };
    let hoards = Target { name: "hoards", decode: hoards };
    assert_eq!(try_input(&panics, b"!"), Err("panicked".to_owned()));
    assert_eq!(try_input(&panics, b"?"), Ok(()));
    assert!(try_input(&hoards, b"a").is_err_and(|what| what.starts_with("held 31457")));
}

#[test]
fn mutation_finds_a_planted_fault() {
    fn faulty(input: &[u8]) {
        let text = String::from_utf8_lossy(input);
        assert!(!(text.contains("+91") && text.len() < 5), "on purpose");
    }
    let mut mutator = Mutator::new(SEED_IN_A_TEST, vec![b"+919845012345".to_vec()]);
    let target = Target { name: "faulty", decode: faulty };
    let found = (0..ROUNDS_IN_A_TEST).any(|_| try_input(&target, &mutator.next_input()).is_err());
    assert!(found);
}
