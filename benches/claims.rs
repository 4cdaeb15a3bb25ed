//! What judging one sentence costs, and laying out what may be said.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use doorstep::domain::call::VerificationLevel;
use doorstep::domain::dialogue::claims::{ClaimCheck, facts_of_order};
use doorstep::domain::dialogue::phrasebook::Voice;
use doorstep::domain::orders::demo::demo_orders;
use jiff::tz::TimeZone;

const ROUNDS: u32 = 20_000;

fn main() {
    let compiling = Instant::now();
    let check = ClaimCheck::compile(include_str!("../prompts/claims/en.toml")).expect("the claim file is well-formed");
    println!("compile: {:.1} ms", compiling.elapsed().as_secs_f64() * 1e3);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
    let book = doorstep::app::script(&folder).expect("the prompts are complete").phrasebook;
    let now = "2026-11-18T11:00:00+05:30".parse().expect("a timestamp");
    let orders = demo_orders(include_str!("../config/demo-shop.jsonl"), now).expect("the shop is well-formed");
    let order = Arc::new(orders[0].clone());
    let zone = TimeZone::get("Asia/Kolkata").expect("a zone");
    let voice = Voice { locale: book.locales().home(), today: now.to_zoned(zone.clone()).date() };
    let facts = facts_of_order(&order, now, zone, &book);
    let laying_out = Instant::now();
    for _ in 0..200 {
        black_box(check.grounds(facts.clone(), VerificationLevel::V2, &voice));
    }
    println!("{:>7.2} us  laying out {} facts", laying_out.elapsed().as_secs_f64() * 1e6 / 200.0, facts.len());
    let grounds = check.grounds(facts, VerificationLevel::V2, &voice);
    let sentences = [
        "It's on its way.",
        "I'm sorry about that, Asha. Your pressure cooker should reach you tomorrow, between two and six in the afternoon.",
        "It was last seen in Nagpur yesterday at 6:05 pm, and it should reach you tomorrow; you don't need to do anything.",
        "It was last seen in Nagpur yesterday, and we will refund you one thousand rupees by Friday the twenty-seventh.",
    ];
    for sentence in sentences {
        let started = Instant::now();
        for _ in 0..ROUNDS {
            black_box(grounds.judge(black_box(sentence)));
        }
        println!("{:>7.2} us  {sentence}", started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS));
    }
}
