//! The trained part of understanding: a linear layer over what a sentence means and how it is spelled.

mod examples;
mod features;
mod file;
mod training;

#[cfg(test)]
mod tests;

pub use examples::{Example, ExampleError, fingerprint, read_examples};
pub use file::{HeadError, Origin, Source};
pub use training::{TrainingRow, train};

use super::Intent;
use crate::domain::hearing::{Awaited, SENTENCE_DIMENSIONS, SentenceVector};
use features::{SENTENCE_WEIGHT, WORD_FEATURES, features};

/// Trained weights: how much each feature of an utterance speaks for each intent.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    origin: Origin,
    /// In the order of the layers' columns.
    intents: Vec<Intent>,
    with_sentence: Layer,
    words_alone: Layer,
}

/// The intents of an utterance with how likely each is.
///
/// Shape: they add up to 1.0. Order: the likeliest first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Likelihoods(Vec<(Intent, f32)>);

/// One matrix, a row for each feature, in eight bits with a scale a row.
#[derive(Clone, Debug, PartialEq)]
struct Layer {
    columns: usize,
    scales: Vec<f32>,
    weights: Vec<i8>,
    /// Divides the scores, so that likelihoods are as often right as they say.
    temperature: f32,
}

impl Head {
    /// What the weights were made of.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// How likely each intent is; without a vector the words alone decide, and less surely.
    pub(super) fn likelihoods(&self, text: &str, awaited: Awaited, vector: Option<&SentenceVector>) -> Likelihoods {
        let words = features(text, awaited);
        let layer = if vector.is_some() { &self.with_sentence } else { &self.words_alone };
        let mut scores = layer.scores(&words, vector);
        to_likelihoods(&mut scores, layer.temperature);
        Likelihoods::of(self.intents.iter().copied().zip(scores).collect())
    }
}

impl Likelihoods {
    fn of(mut ranked: Vec<(Intent, f32)>) -> Self {
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Self(ranked)
    }

    pub(super) fn likeliest(&self) -> Option<(Intent, f32)> {
        self.0.first().copied()
    }

    pub(super) fn of_intent(&self, intent: Intent) -> f32 {
        self.0.iter().find(|(known, _)| *known == intent).map_or(0.0, |(_, likelihood)| *likelihood)
    }

    /// Takes votes in: each multiplies the odds of its intent by e to the power of its weight.
    pub(super) fn with_votes(&self, votes: &[(Intent, f32)]) -> Self {
        let weight = |intent| {
            let votes = votes.iter().filter(|(voted, _)| *voted == intent);
            votes.map(|(_, weight)| *weight).fold(0.0, f32::max)
        };
        let mut ranked: Vec<_> =
            self.0.iter().map(|(intent, likelihood)| (*intent, likelihood * weight(*intent).exp())).collect();
        let total: f32 = ranked.iter().map(|(_, likelihood)| likelihood).sum();
        ranked.iter_mut().for_each(|(_, likelihood)| *likelihood /= total.max(f32::MIN_POSITIVE));
        Self::of(ranked)
    }
}

impl Layer {
    fn scores(&self, words: &[(usize, f32)], vector: Option<&SentenceVector>) -> Vec<f32> {
        let mut scores = vec![0.0; self.columns];
        words.iter().for_each(|(feature, value)| self.add(*feature, *value, &mut scores));
        let places = vector.map(SentenceVector::values).unwrap_or_default();
        for (dimension, value) in places.iter().enumerate() {
            self.add(WORD_FEATURES + dimension, value * SENTENCE_WEIGHT, &mut scores);
        }
        scores
    }

    fn add(&self, feature: usize, value: f32, scores: &mut [f32]) {
        let Some(scale) = self.scales.get(feature) else { return };
        let factor = value * scale;
        let row = &self.weights[feature * self.columns..][..self.columns];
        scores.iter_mut().zip(row).for_each(|(score, weight)| *score += factor * f32::from(*weight));
    }

    /// Rows of the layer that sees sentence vectors, and of the one that does not.
    const fn rows(sees_sentences: bool) -> usize {
        if sees_sentences { WORD_FEATURES + SENTENCE_DIMENSIONS } else { WORD_FEATURES }
    }
}

/// Scores into likelihoods that add up to one.
fn to_likelihoods(scores: &mut [f32], temperature: f32) {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    scores.iter_mut().for_each(|score| *score = ((*score - highest) / temperature).exp());
    let total: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= total);
}
