//! How long one utterance takes to understand: `cargo bench --bench understanding`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{hint::black_box, time::Instant};

use doorstep::domain::{
    dialogue::understanding::Understanding,
    hearing::{Awaited, Transcript},
};

const ENGLISH: &str = include_str!("../prompts/understanding/en.toml");
const ROUNDS: u32 = 20_000;

fn main() {
    let compiling = Instant::now();
    let understanding = Understanding::compile(ENGLISH).expect("the shipped understanding file is well-formed");
    println!("compile: {:.1} ms", compiling.elapsed().as_secs_f64() * 1e3);
    let now = jiff::civil::date(2026, 11, 18).at(12, 0, 0, 0);
    let utterances = [
        ("yes", Awaited::YesNo),
        ("where is my order", Awaited::Open),
        ("yes but not before six, and who is this?", Awaited::YesNo),
        ("can you please bring it on Friday after six in the evening instead", Awaited::Date),
        ("K H four five two seven one nine", Awaited::OrderReference),
        (
            "I ordered a pressure cooker last week and the app says delivered but I never got it so I want my money back",
            Awaited::Open,
        ),
    ];
    for (text, awaited) in utterances {
        let transcript = Transcript::certain(text);
        let started = Instant::now();
        for _ in 0..ROUNDS {
            black_box(understanding.understand(black_box(&transcript), awaited, now));
        }
        println!("{:>7.2} us  {text}", started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS));
    }
}
