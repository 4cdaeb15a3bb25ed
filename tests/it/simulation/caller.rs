//! The simulated caller: speaks, hesitates, coughs, hums along, interrupts, keys, falls silent, hangs up.

use std::sync::Arc;

use doorstep::domain::call::{Call, Conversation};
use doorstep::domain::dialogue::OrderQuery;
use doorstep::domain::orders::Order;

use super::rng::Rng;
use super::world::{Move, Party};

/// How this caller behaves, in percent of what they do.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    Talkative,
    Silent,
    /// Never takes the fingers off the keys.
    Keying,
    /// Stands beside an engine.
    Noisy,
}

#[derive(Clone, Debug)]
pub struct Caller {
    manner: Manner,
    /// The words of the turn that is being spoken; what a recogniser would read in the end.
    words: &'static str,
    confidence: f32,
}

const WORDS: [&str; 12] = [
    "where is my order",
    "yes",
    "no thank you",
    "four five two seven one nine",
    "tomorrow evening would be good",
    "my name is",
    "I would like to change the address to twelve Park Street and",
    "bye",
    "one more thing",
    "hello?",
    "hold on a second",
    "can I speak to a person please?",
];

impl Caller {
    pub fn new(rng: &mut Rng) -> Self {
        let manner = match rng.between(0, 100) {
            0..72 => Manner::Talkative,
            72..84 => Manner::Silent,
            84..92 => Manner::Keying,
            _ => Manner::Noisy,
        };
        Self { manner, words: "", confidence: 0.9 }
    }

    fn next_moves(&mut self, rng: &mut Rng) -> Vec<(u64, Move)> {
        let roll = rng.between(0, 100);
        let mut moves = match (self.manner, roll) {
            (Manner::Silent, 0..86) => Vec::new(),
            (Manner::Keying, 0..60) => keys(rng),
            (Manner::Noisy, 0..50) => self.noise(rng, 6_000, 40_000),
            (_, 0..55) => self.speech(rng),
            (_, 55..65) => self.murmur(rng, "mm-hm", 150, 400),
            (_, 65..75) => self.noise(rng, 40, 500),
            (_, 75..78) => self.murmur(rng, "yes", 90, 200),
            (_, 78..84) => keys(rng),
            (_, 84..=86) => self.noise(rng, 3_000, 20_000),
            (_, 87..89) => return vec![(rng.between(0, 3_000), Move::HangUp)],
            (_, _) => Vec::new(),
        };
        let last = moves.last().map_or(0, |(at, _)| *at);
        let pause = if moves.is_empty() { rng.between(2_000, 25_000) } else { rng.between(200, 6_000) };
        moves.push((last + pause, Move::Choose));
        moves
    }

    fn speech(&mut self, rng: &mut Rng) -> Vec<(u64, Move)> {
        self.words = rng.pick(&WORDS);
        self.confidence = 0.9;
        let mut at = 0;
        let mut moves = Vec::new();
        for _ in 0..rng.between(1, 4) {
            moves.push((at, Move::VoiceOn));
            at += rng.between(200, 2_500);
            moves.push((at, Move::VoiceOff));
            at += rng.between(150, 1_500);
        }
        moves
    }

    fn murmur(&mut self, rng: &mut Rng, words: &'static str, low: u64, high: u64) -> Vec<(u64, Move)> {
        self.words = words;
        self.confidence = if words == "yes" { 0.25 } else { 0.8 };
        vec![(0, Move::VoiceOn), (rng.between(low, high), Move::VoiceOff)]
    }

    fn noise(&mut self, rng: &mut Rng, low: u64, high: u64) -> Vec<(u64, Move)> {
        self.words = "";
        vec![(0, Move::VoiceOn), (rng.between(low, high), Move::VoiceOff)]
    }
}

impl<C: Conversation> Party<C> for Caller {
    fn choose(&mut self, rng: &mut Rng, _: &Call<C>, echoes: bool) -> Vec<(u64, Move)> {
        let moves = self.next_moves(rng);
        if echoes && rng.percent(15) {
            self.words = "out for delivery today";
        }
        moves
    }

    fn spoken(&self) -> (&str, f32) {
        (self.words, self.confidence)
    }

    fn find(&self, _: &OrderQuery) -> Vec<Arc<Order>> {
        Vec::new()
    }
}

fn keys(rng: &mut Rng) -> Vec<(u64, Move)> {
    let mut at = 0;
    (0..rng.between(1, 9))
        .map(|_| {
            at += rng.between(80, 900);
            (at, Move::Key(rng.pick(&['0', '1', '4', '5', '9', '#', '*'])))
        })
        .collect()
}
