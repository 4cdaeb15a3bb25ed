//! How sure a reading is: word by word, as a whole, and whether anything was said at all.
//!
//! A word is as sure as the model's weakest token of it, unchanged: measured, that is about how often it is right
//! (docs/decisions/0006-noise-and-confidence.md).

use super::search::Sentence;
use super::tokenizer::Tokenizer;
use crate::domain::hearing::{HeardWord, Hypothesis};

/// Below this mean log-probability a token the model is guessing at noise.
const NOTHING_SAID: f32 = -1.6;

/// Whether the words of the best reading are what the model makes up when it hears noise.
pub(super) fn is_nothing_said(sentence: &Sentence) -> bool {
    let mean = sentence.log_prob() / sentence.log_probs.len().max(1) as f32;
    sentence.tokens.is_empty() || mean < NOTHING_SAID
}

/// The log-probability of the least sure token.
pub(super) fn weakest_word(sentence: &Sentence) -> f32 {
    sentence.log_probs.iter().copied().fold(0.0, f32::min)
}

/// `sentence` with its confidences.
pub(super) fn hypothesis(tokenizer: &Tokenizer, sentence: &Sentence) -> Hypothesis {
    let mut words: Vec<(Vec<u32>, f32)> = Vec::new();
    for (token, log_prob) in sentence.tokens.iter().zip(&sentence.log_probs) {
        match words.last_mut() {
            Some((tokens, lowest)) if !tokenizer.begins_word(*token) => {
                tokens.push(*token);
                *lowest = lowest.min(*log_prob);
            }
            Some(_) | None => words.push((vec![*token], *log_prob)),
        }
    }
    let words: Vec<HeardWord> = words
        .into_iter()
        .map(|(tokens, lowest)| HeardWord { text: tokenizer.decode(&tokens), confidence: lowest.exp() })
        .filter(|word| !word.text.is_empty())
        .collect();
    let confidence = geometric_mean(&words);
    Hypothesis { text: tokenizer.decode(&sentence.tokens), words, confidence }
}

fn geometric_mean(words: &[HeardWord]) -> f32 {
    let logs: f32 = words.iter().map(|word| word.confidence.max(1e-6).ln()).sum();
    (logs / words.len().max(1) as f32).exp()
}
