//! How long one utterance takes to understand: `cargo bench --bench understanding`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{hint::black_box, path::Path, time::Instant};

use doorstep::adapters::sentence_encoder::minilm::MiniLm;
use doorstep::app::script;
use doorstep::domain::hearing::{Awaited, Transcript};
use doorstep::ports::sentence_encoder::SentenceEncoder as _;

const ROUNDS: u32 = 2_000;
const ENCODING_ROUNDS: u32 = 50;

fn main() {
    let compiling = Instant::now();
    let understanding = script(Path::new("prompts")).expect("the shipped files are well-formed").understanding;
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
    let encoder = MiniLm::load(Path::new("var/models"), 1);
    for (text, awaited) in utterances {
        let mut transcript = Transcript::certain(text);
        match &encoder {
            Ok(encoder) => {
                let started = Instant::now();
                for _ in 0..ENCODING_ROUNDS {
                    encoder.encode_transcript(&mut transcript).expect("the model reads a sentence");
                }
                let ms = started.elapsed().as_secs_f64() * 1e3 / f64::from(ENCODING_ROUNDS);
                println!("{ms:>7.2} ms  placed with its clauses");
            }
            Err(error) => println!("without vectors: {error}"),
        }
        let started = Instant::now();
        for _ in 0..ROUNDS {
            black_box(understanding.understand(black_box(&transcript), awaited, now));
        }
        println!("{:>7.2} us  {text}", started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS));
    }
}
