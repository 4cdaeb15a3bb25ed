//! What training makes small: how surprised the weights are by the labels, plus a penalty on large weights.

use crate::domain::dialogue::understanding::head::features::{SENTENCE_WEIGHT, WORD_FEATURES};
use crate::domain::dialogue::understanding::head::to_likelihoods;
use crate::domain::hearing::SentenceVector;

/// One row as the layer sees it.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) words: Vec<(usize, f32)>,
    pub(super) vector: Option<SentenceVector>,
    /// The column of its intent.
    pub(super) class: usize,
}

impl Sample {
    /// Hands over each feature, number and value.
    fn each(&self, mut take: impl FnMut(usize, f32)) {
        self.words.iter().for_each(|(feature, value)| take(*feature, *value));
        let places = self.vector.as_ref().map(SentenceVector::values).unwrap_or_default();
        places.iter().enumerate().for_each(|(at, value)| take(WORD_FEATURES + at, value * SENTENCE_WEIGHT));
    }
}

pub(super) fn scores(weights: &[f32], columns: usize, sample: &Sample) -> Vec<f32> {
    let mut scores = vec![0.0; columns];
    add_scores(weights, sample, &mut scores);
    scores
}

fn add_scores(weights: &[f32], sample: &Sample, scores: &mut [f32]) {
    sample.each(|feature, value| {
        let row = &weights[feature * scores.len()..][..scores.len()];
        scores.iter_mut().zip(row).for_each(|(score, weight)| *score += value * weight);
    });
}

pub(super) struct Objective<'a> {
    samples: &'a [&'a Sample],
    penalty: f32,
    scores: Vec<f32>,
}

impl<'a> Objective<'a> {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are small")]
    pub(super) fn new(samples: &'a [&'a Sample], columns: usize, trust_in_rows: f32) -> Self {
        let penalty = 1.0 / (trust_in_rows * samples.len().max(1) as f32);
        Self { samples, penalty, scores: vec![0.0; columns] }
    }

    /// The mean surprise with the penalty; writes its slope.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are small")]
    pub(super) fn evaluate(&mut self, weights: &[f32], slope: &mut [f32]) -> f64 {
        let share = 1.0 / self.samples.len().max(1) as f32;
        slope.iter_mut().zip(weights).for_each(|(slope, weight)| *slope = self.penalty * weight);
        let squares: f64 = weights.iter().map(|weight| f64::from(weight * weight)).sum();
        let mut surprise = 0.0;
        for sample in self.samples {
            self.scores.fill(0.0);
            add_scores(weights, sample, &mut self.scores);
            to_likelihoods(&mut self.scores, 1.0);
            surprise -= f64::from(self.scores[sample.class].max(f32::MIN_POSITIVE)).ln();
            self.scores[sample.class] -= 1.0;
            let columns = self.scores.len();
            let faults = &self.scores;
            sample.each(|feature, value| {
                let row = &mut slope[feature * columns..][..columns];
                row.iter_mut().zip(faults).for_each(|(slope, fault)| *slope += value * share * fault);
            });
        }
        surprise * f64::from(share) + 0.5 * f64::from(self.penalty) * squares
    }
}
