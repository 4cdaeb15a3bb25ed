//! Training: multinomial logistic regression with an L2 penalty, by L-BFGS, the same on every run.

mod lbfgs;
mod objective;

use super::{Head, Layer, Origin, features::features, to_likelihoods};
use crate::domain::dialogue::understanding::{Intent, fnv1a};
use crate::domain::hearing::{Awaited, SentenceVector};
use objective::{Objective, Sample};

/// The penalty is one over this, for each row.
const TRUST_IN_ROWS: f32 = 10.0;
const ITERATIONS_MAX: usize = 80;
/// One row in so many is kept aside to find the temperature.
const CALIBRATION_SHARE: u64 = 5;

/// One labelled utterance, placed by the encoder.
#[derive(Clone, Debug)]
pub struct TrainingRow {
    pub text: String,
    pub awaited: Awaited,
    pub intent: Intent,
    pub vector: SentenceVector,
}

/// Trains a head: some minutes of computing for ten thousand rows.
///
/// The same rows give the same head, whatever order they come in.
pub fn train(rows: &[TrainingRow], origin: Origin) -> Head {
    let rows = &in_order(rows);
    let mut intents: Vec<Intent> = rows.iter().map(|row| row.intent).collect();
    intents.sort_unstable();
    intents.dedup();
    let layer = |sees_sentences: bool| {
        let samples: Vec<Sample> = rows.iter().map(|row| sample(row, &intents, sees_sentences)).collect();
        let rows_of_layer = Layer::rows(sees_sentences);
        let nothing_learnt = vec![0.0; rows_of_layer * intents.len()];
        let (temperature, learnt) = calibrate(rows, &samples, nothing_learnt, intents.len());
        let all: Vec<&Sample> = samples.iter().collect();
        let weights = fit(&all, learnt, intents.len());
        Layer::quantised(&weights, intents.len(), temperature)
    };
    Head { origin, with_sentence: layer(true), words_alone: layer(false), intents }
}

/// Sums of rows depend on their order in the last bits, and an order of files is nobody's decision.
fn in_order(rows: &[TrainingRow]) -> Vec<TrainingRow> {
    let mut rows = rows.to_vec();
    rows.sort_by_cached_key(|row| (row.text.clone(), row.intent, format!("{:?}", row.awaited)));
    rows
}

fn sample(row: &TrainingRow, intents: &[Intent], sees_sentences: bool) -> Sample {
    Sample {
        words: features(&row.text, row.awaited),
        vector: sees_sentences.then(|| row.vector.clone()),
        class: intents.binary_search(&row.intent).unwrap_or_default(),
    }
}

fn fit(samples: &[&Sample], start: Vec<f32>, columns: usize) -> Vec<f32> {
    let mut objective = Objective::new(samples, columns, TRUST_IN_ROWS);
    lbfgs::minimise(start, ITERATIONS_MAX, |weights, slope| objective.evaluate(weights, slope))
}

/// The temperature under which a fit on four fifths is as often right on the last fifth as it says, and that fit.
fn calibrate(rows: &[TrainingRow], samples: &[Sample], start: Vec<f32>, columns: usize) -> (f32, Vec<f32>) {
    let is_aside = |row: &TrainingRow| (fnv1a(&row.text) >> 40).is_multiple_of(CALIBRATION_SHARE);
    let share = |wanted: bool| -> Vec<&Sample> {
        rows.iter().zip(samples).filter(|(row, _)| is_aside(row) == wanted).map(|(_, sample)| sample).collect()
    };
    let (aside, kept) = (share(true), share(false));
    if aside.is_empty() || kept.is_empty() {
        return (1.0, start);
    }
    let weights = fit(&kept, start, columns);
    let scored: Vec<(Vec<f32>, usize)> =
        aside.iter().map(|sample| (objective::scores(&weights, columns, sample), sample.class)).collect();
    let surprise = |temperature: f32| -> f32 {
        let one = |(scores, class): &(Vec<f32>, usize)| {
            let mut likelihoods = scores.clone();
            to_likelihoods(&mut likelihoods, temperature);
            -likelihoods[*class].max(f32::MIN_POSITIVE).ln()
        };
        scored.iter().map(one).sum()
    };
    let tried = (6..=40_u8).map(|step| f32::from(step) / 20.0).map(|temperature| (temperature, surprise(temperature)));
    let best = tried.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(1.0, |best| best.0);
    (best, weights)
}
