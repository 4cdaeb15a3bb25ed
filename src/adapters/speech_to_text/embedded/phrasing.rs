//! How callers put things: which word piece follows which two others in examples of what callers say.
//!
//! "Behind the flower pots" and "behind the flower thoughts" sound alike over a telephone; only one of them is said to a
//! shop. A piece that some caller has said in this place gains a little over one that nobody has.

use std::collections::HashMap;

use super::bias::{BiasState, BiasTree};
use super::search::{Choices, Guide};
use super::tokenizer::{START, Tokenizer};

/// What a piece gains where examples have it, in nats. Measured on caller lines in three synthetic voices with 20 to 45 dB
/// of noise (docs/performance.md).
const PIECE_BONUS: f32 = 1.2;

/// They stand between pieces and change nothing.
const MARKS: [&str; 4] = [".", ",", "?", "!"];

/// Word pieces by the two that go before them.
#[derive(Default)]
pub(super) struct Phrasing {
    /// Order: ascending.
    follows: HashMap<[u32; 2], Vec<u32>>,
    marks: Vec<u32>,
}

impl Phrasing {
    /// Learns from utterances as somebody would write them, in small letters and without marks.
    pub(super) fn of<'a>(utterances: impl IntoIterator<Item = &'a str>, tokenizer: &Tokenizer) -> Self {
        let mut follows: HashMap<[u32; 2], Vec<u32>> = HashMap::new();
        // No piece reaches from one word into the next, and callers use the same few thousand words.
        let mut pieces: HashMap<String, Vec<u32>> = HashMap::new();
        for utterance in utterances {
            let mut before = [START; 2];
            for word in as_written(utterance) {
                let pieces = pieces.entry(word).or_insert_with_key(|word| tokenizer.encode(word));
                for token in &*pieces {
                    follows.entry(before).or_default().push(*token);
                    before = [before[1], *token];
                }
            }
        }
        for tokens in follows.values_mut() {
            tokens.sort_unstable();
            tokens.dedup();
            tokens.shrink_to_fit();
        }
        Self { follows, marks: MARKS.iter().filter_map(|mark| tokenizer.token(mark)).collect() }
    }

    fn after(&self, before: [u32; 2]) -> &[u32] {
        self.follows.get(&before).map_or(&[], Vec::as_slice)
    }

    fn follow(&self, before: [u32; 2], token: u32) -> ([u32; 2], f32) {
        if self.marks.contains(&token) {
            return (before, 0.0);
        }
        let bonus = if self.after(before).binary_search(&token).is_ok() { PIECE_BONUS } else { 0.0 };
        ([before[1], token], bonus)
    }
}

/// The phrases that the call expects, and how callers put things.
pub(super) struct Expected<'a> {
    pub(super) phrases: &'a BiasTree,
    pub(super) phrasing: &'a Phrasing,
}

impl Guide for Expected<'_> {
    type State = (BiasState, [u32; 2]);

    fn start(&self) -> Self::State {
        (self.phrases.start(), [START; 2])
    }

    fn choices(&self, (phrase, before): &Self::State) -> Choices<'_> {
        let Choices::Any { also: [expected, _] } = self.phrases.choices(phrase) else {
            unreachable!("nothing is ruled out")
        };
        Choices::Any { also: [expected, self.phrasing.after(*before)] }
    }

    fn follow(&self, (phrase, before): &Self::State, token: u32) -> (Self::State, f32) {
        let (phrase, of_phrase) = self.phrases.follow(phrase, token);
        let (before, of_phrasing) = self.phrasing.follow(*before, token);
        ((phrase, before), of_phrase + of_phrasing)
    }
}

/// The words as the model writes them: a capital at the beginning, and of "I".
fn as_written(utterance: &str) -> impl Iterator<Item = String> {
    utterance.split_whitespace().enumerate().map(|(at, word)| {
        let is_self = word == "i" || word.starts_with("i'");
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if at == 0 || is_self => first.to_uppercase().chain(letters).collect(),
            _ => word.to_owned(),
        }
    })
}

#[cfg(test)]
mod tests;
