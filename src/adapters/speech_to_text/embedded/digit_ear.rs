//! A small ear for digits alone, on what the encoder heard: how well a row of digits fits the whole sound.
//!
//! It scores digits in their order without saying where each stands (connectionist temporal classification). Its
//! weights are made by `scripts/train_digit_ear.py` from synthetic voices; no recording of a person is in them.

use std::sync::Arc;

use super::network::{Encoded, HIDDEN_WIDTH};

const WEIGHTS: &[u8] = include_bytes!("digit_ear.bin");

/// The ten digits, and everything else.
const CLASSES: usize = 11;
const NO_DIGIT: usize = 10;

/// The least a row of digits is given, in nats. Where all rows fit as badly, the ear has no opinion.
const SCORE_MIN: f32 = -40.0;

/// One layer of weights: for each class a bias, and one weight for each number of a frame.
pub(super) struct DigitEar {
    classes: Vec<(f32, Vec<f32>)>,
}

/// How likely each class is in each frame.
pub(super) struct DigitSound {
    frames: Vec<[f64; CLASSES]>,
}

/// The digits so far, by how likely they end in each frame: with the digit itself, or with something after it.
///
/// Source: Watanabe et al., "Hybrid CTC/attention architecture for end-to-end speech recognition" (2017), algorithm 2.
#[derive(Clone)]
pub(super) struct DigitRow {
    in_digit: Arc<[f64]>,
    after_it: Arc<[f64]>,
    last: Option<u8>,
    /// How likely the sound begins with these digits, in nats.
    score: f32,
}

impl DigitEar {
    /// The ear as it was trained.
    pub(super) fn trained() -> Self {
        let mut numbers = WEIGHTS.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
        let class = |_| (numbers.next().unwrap_or_default(), numbers.by_ref().take(HIDDEN_WIDTH).collect());
        Self { classes: (0..CLASSES).map(class).collect() }
    }

    pub(super) fn listen(&self, audio: &Encoded) -> DigitSound {
        DigitSound { frames: audio.frames().map(|frame| self.likelihoods(frame)).collect() }
    }

    fn likelihoods(&self, frame: &[f32]) -> [f64; CLASSES] {
        let score = |(bias, weights): &(f32, Vec<f32>)| {
            bias + frame.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f32>()
        };
        let scores: [f32; CLASSES] = std::array::from_fn(|class| score(&self.classes[class]));
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let powers = scores.map(|score| f64::from(score - highest).exp());
        let total: f64 = powers.iter().sum();
        powers.map(|power| power / total)
    }
}

impl DigitSound {
    /// No digit yet.
    pub(super) fn start(&self) -> DigitRow {
        let mut likelihood = 1.0;
        let after_it = self.frames.iter().map(|frame| {
            likelihood *= frame[NO_DIGIT];
            likelihood
        });
        let in_digit = vec![0.0; self.frames.len()].into();
        DigitRow { in_digit, after_it: after_it.collect(), last: None, score: 0.0 }
    }

    /// `row` with one more digit.
    pub(super) fn then(&self, row: &DigitRow, digit: u8) -> DigitRow {
        let is_repeated = row.last == Some(digit);
        let (mut in_digit, mut after_it) =
            (Vec::with_capacity(self.frames.len()), Vec::with_capacity(self.frames.len()));
        let (mut own, mut after, mut begins) = (0.0, 0.0, 0.0);
        for (at, frame) in self.frames.iter().enumerate() {
            let arrives = match at.checked_sub(1) {
                Some(before) if is_repeated => row.after_it[before],
                Some(before) => row.after_it[before] + row.in_digit[before],
                None if row.last.is_none() => 1.0,
                None => 0.0,
            };
            let likelihood = frame[usize::from(digit).min(NO_DIGIT)];
            after = (after + own) * frame[NO_DIGIT];
            own = (own + arrives) * likelihood;
            begins += arrives * likelihood;
            in_digit.push(own);
            after_it.push(after);
        }
        DigitRow { in_digit: in_digit.into(), after_it: after_it.into(), last: Some(digit), score: nats(begins) }
    }

    /// How likely these digits are all there is, in nats.
    pub(super) fn whole(&self, row: &DigitRow) -> f32 {
        let in_digit = row.in_digit.last().copied().unwrap_or(0.0);
        nats(in_digit + row.after_it.last().copied().unwrap_or(1.0))
    }
}

impl DigitRow {
    pub(super) const fn score(&self) -> f32 {
        self.score
    }
}

fn nats(likelihood: f64) -> f32 {
    (likelihood.ln() as f32).max(SCORE_MIN)
}

#[cfg(test)]
mod tests;
