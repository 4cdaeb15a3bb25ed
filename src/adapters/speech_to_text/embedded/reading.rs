//! From a stretch of audio and what is awaited to a transcript with its doubts.

use std::sync::atomic::AtomicBool;

use super::audio::{self, SAMPLE_RATE_HZ};
use super::network::Network;
use super::search::{Limits, Sentence, Unguided, search};
use super::tokenizer::Tokenizer;
use crate::domain::hearing::{HeardWord, Hypothesis, RecognitionContext, Transcript};
use crate::ports::speech_to_text::ReadingPurpose;

/// Tokens that a second of speech can hold; more is a loop.
const TOKENS_PER_SECOND: f32 = 6.5;
const TOKENS_MIN: usize = 6;

/// One question to the model.
pub(super) struct Question<'a> {
    pub(super) samples: &'a [i16],
    pub(super) purpose: ReadingPurpose,
    pub(super) context: &'a RecognitionContext,
    pub(super) cancelled: &'a AtomicBool,
}

/// Reads the audio of `question`. An empty transcript says that nothing was said.
pub(super) fn read(
    network: &mut Network,
    tokenizer: &Tokenizer,
    question: &Question<'_>,
) -> Result<Transcript, ort::Error> {
    let Some(samples) = audio::conditioned(question.samples) else {
        return Ok(Transcript::default());
    };
    let encoded = network.encode(&samples)?;
    let opening = network.open(&encoded)?;
    let seconds = question.samples.len() as f32 / SAMPLE_RATE_HZ as f32;
    let tokens_max = ((seconds * TOKENS_PER_SECOND) as usize).max(TOKENS_MIN);
    let limits = Limits { width: 1, tokens_max, cancelled: question.cancelled };
    let sentences = search(network, &encoded, &opening, &Unguided, limits)?;
    Ok(Transcript { hypotheses: sentences.iter().map(|sentence| hypothesis(tokenizer, sentence)).collect() })
}

fn hypothesis(tokenizer: &Tokenizer, sentence: &Sentence) -> Hypothesis {
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
