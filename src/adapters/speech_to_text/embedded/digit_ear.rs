//! A small ear for digits alone, on what the encoder heard: how well a row of digits fits the whole sound.
//!
//! It scores digits in their order without saying where each stands (connectionist temporal classification). Its
//! weights are made by `scripts/train_digit_ear.py` from synthetic voices and recordings of three people.
//!
//! Shape of the weights: 16-bit halves, unit by unit its bias and its weights, layer after layer.

use std::sync::Arc;

use super::network::{Encoded, HIDDEN_WIDTH};

const WEIGHTS: &[u8] = include_bytes!("digit_ear.bin");

/// The ten digits, and everything else.
const CLASSES: usize = 11;
const NO_DIGIT: usize = 10;

/// The least a row of digits is given, in nats. Where all rows fit as badly, the ear has no opinion.
const SCORE_MIN: f32 = -40.0;

/// Units of the two hidden layers.
const UNITS: usize = 96;

/// Frames that the second layer looks at together: the one at hand and two on each side, 120 ms.
const SPAN: usize = 5;

/// Three layers of weights: each frame alone, five frames together, and the classes.
pub(super) struct DigitEar {
    alone: Layer,
    together: Layer,
    classes: Layer,
}

/// For each unit a bias, and one weight for each number that comes in.
struct Layer(Vec<(f32, Vec<f32>)>);

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
        // The upper halves of 32-bit numbers: as much as the weights are worth.
        let pairs = WEIGHTS.as_chunks::<2>().0.iter();
        let mut numbers = pairs.map(|bytes| f32::from_bits(u32::from(u16::from_le_bytes(*bytes)) << 16));
        Self {
            alone: Layer::read(&mut numbers, UNITS, HIDDEN_WIDTH),
            together: Layer::read(&mut numbers, UNITS, SPAN * UNITS),
            classes: Layer::read(&mut numbers, CLASSES, UNITS),
        }
    }

    pub(super) fn listen(&self, audio: &Encoded) -> DigitSound {
        const BESIDE: usize = SPAN / 2 * UNITS;
        let mut alone = vec![0.0; BESIDE];
        for frame in audio.frames() {
            alone.extend(self.alone.outputs(frame).map(|value| value.max(0.0)));
        }
        alone.resize(alone.len() + BESIDE, 0.0);
        let spans = alone.windows(SPAN * UNITS).step_by(UNITS);
        DigitSound { frames: spans.map(|span| self.likelihoods(span)).collect() }
    }

    fn likelihoods(&self, span: &[f32]) -> [f64; CLASSES] {
        let together: Vec<f32> = self.together.outputs(span).map(|value| value.max(0.0)).collect();
        let scores: Vec<f32> = self.classes.outputs(&together).collect();
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let powers: [f64; CLASSES] = std::array::from_fn(|class| f64::from(scores[class] - highest).exp());
        let total: f64 = powers.iter().sum();
        powers.map(|power| power / total)
    }
}

impl Layer {
    fn read(numbers: &mut impl Iterator<Item = f32>, units: usize, width: usize) -> Self {
        let unit = |_| (numbers.next().unwrap_or_default(), numbers.by_ref().take(width).collect());
        Self((0..units).map(unit).collect())
    }

    fn outputs<'a>(&'a self, inputs: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
        self.0.iter().map(move |(bias, weights)| bias + dot(inputs, weights))
    }
}

/// Shape: as many of the one as of the other. In eight sums, so that the compiler may add them side by side.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    let (left, left_rest) = left.as_chunks::<8>();
    let (right, right_rest) = right.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (left, right) in left.iter().zip(right) {
        for at in 0..8 {
            sums[at] += left[at] * right[at];
        }
    }
    sums.iter().sum::<f32>() + left_rest.iter().zip(right_rest).map(|(left, right)| left * right).sum::<f32>()
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
