//! Is the caller who the order says: what was heard, against the record, with the recogniser's doubts.
//!
//! Everything here compares with a known value. Nothing here says which part was wrong.

mod codes;
mod evaluate;
mod evidence;
mod letters;
mod names;

#[cfg(test)]
mod tests;

pub use evaluate::{CallsFrom, evaluate_identity, evaluate_identity_share};
pub use evidence::IdentityEvidence;
pub use names::{NameScores, match_name, name_scores};

use crate::domain::{
    dialogue::understanding::{DigitString, vocabulary::Vocabulary},
    hearing::Transcript,
};

/// Readings of one turn that are compared.
const HYPOTHESES_MAX: usize = 12;
/// A later alternative is worth this much less than the one before it.
const RANK_DISCOUNT: f32 = 0.005;
/// What a line may blur in one postcode, in the costs of [`codes::cost`]: two signs at most.
const POSTCODE_BLUR_MAX: f32 = 0.8;
/// Above this a postcode is the record's. Only one of which no sign is missing or wrong comes so far.
const POSTCODE_ACCEPT: f32 = 0.78;
/// What a postcode scores that the line blurred as far as it may.
const POSTCODE_CERTAIN_MIN: f32 = 0.84;
/// What a postcode can reach of which a sign is missing or wrong: the neighbours' differ in one.
const ANOTHER_POSTCODE_MAX: f32 = 0.73;
/// Below this a postcode speaks against the caller.
const POSTCODE_UNSURE: f32 = 0.4;
const REFERENCE_ACCEPT: f32 = 0.85;
const REFERENCE_UNSURE: f32 = 0.6;
/// The best order must be this much closer than the next.
const REFERENCE_MARGIN: f32 = 0.12;
/// An order may be named by its last digits.
const LAST_DIGITS: usize = 4;

/// How well what was heard fits the record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Match {
    Accept {
        /// Shape: 0.0 to 1.0.
        score: f32,
    },
    /// Not enough either way: ask again or ask for something else.
    Unsure {
        score: f32,
    },
    Reject,
}

impl Match {
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::Accept { .. })
    }

    const fn graded(score: f32, accept: f32, unsure: f32) -> Self {
        if accept <= score {
            Self::Accept { score }
        } else if unsure <= score {
            Self::Unsure { score }
        } else {
            Self::Reject
        }
    }
}

/// Compares a spoken postcode with the one on record: Indian PIN, United Kingdom, United States, or any letters and digits.
///
/// Only what sounds alike over a telephone is forgiven. A sign that is missing or another one is never accepted.
pub fn match_postcode(vocabulary: &Vocabulary, known: &str, transcript: &Transcript) -> Match {
    Match::graded(postcode_score(vocabulary, known, transcript), POSTCODE_ACCEPT, POSTCODE_UNSURE)
}

/// How close the closest reading comes to the postcode.
/// Shape: 0.0 to 1.0.
pub fn postcode_score(vocabulary: &Vocabulary, known: &str, transcript: &Transcript) -> f32 {
    let known = canonical(known);
    if is_said_as_number(vocabulary, &known, transcript) {
        return 1.0;
    }
    best_over_hypotheses(transcript, |text| {
        let plain = code_score(&known, &vocabulary.spelled(text));
        let lettered = vocabulary.lettered(text).map(|text| code_score(&known, &vocabulary.spelled(&text)));
        lettered.map_or(plain, |lettered| plain.max(lettered))
    })
}

fn code_score(known: &[u8], heard: &[u8]) -> f32 {
    match codes::cost(known, heard).filter(|cost| *cost <= POSTCODE_BLUR_MAX) {
        Some(cost) => 1.0 - (1.0 - POSTCODE_CERTAIN_MIN) * cost / POSTCODE_BLUR_MAX,
        None => letters::similarity(known, heard).min(ANOTHER_POSTCODE_MAX),
    }
}

/// "Six lakh forty one" for 600041: only the best reading counts.
fn is_said_as_number(vocabulary: &Vocabulary, known: &[u8], transcript: &Transcript) -> bool {
    let best = transcript.best().map(|best| Transcript::of(vec![best.clone()]));
    let readings = best.map(|best| vocabulary.digit_strings(&best)).unwrap_or_default();
    let is_known = |reading: &DigitString| !known.is_empty() && reading.digits.reveal().as_bytes() == known;
    readings.first().is_some_and(is_known)
}

/// Finds which of the orders on record is meant, by its whole reference, its digits, or its last four digits.
///
/// Shape: the place in `candidates` and how well it fits. An order that is not clearly ahead of the next is unsure.
pub fn match_order_reference(
    vocabulary: &Vocabulary,
    candidates: &[&str],
    transcript: &Transcript,
) -> Option<(usize, Match)> {
    let mut scored: Vec<(usize, f32)> = candidates
        .iter()
        .enumerate()
        .map(|(index, known)| (index, reference_score(vocabulary, known, transcript)))
        .collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1));
    let &(index, score) = scored.first()?;
    let margin = scored.get(1).map_or(1.0, |(_, next)| score - next);
    match Match::graded(score, REFERENCE_ACCEPT, REFERENCE_UNSURE) {
        Match::Accept { score } if margin < REFERENCE_MARGIN => Some((index, Match::Unsure { score })),
        Match::Reject => None,
        graded @ (Match::Accept { .. } | Match::Unsure { .. }) => Some((index, graded)),
    }
}

fn reference_score(vocabulary: &Vocabulary, known: &str, transcript: &Transcript) -> f32 {
    let known = canonical(known);
    let digits: Vec<u8> = known.iter().copied().filter(u8::is_ascii_digit).collect();
    let whole = best_over_hypotheses(transcript, |text| letters::similarity(&known, &vocabulary.spelled(text)));
    let by_digits = digits_score(vocabulary, &digits, transcript);
    let last = digits.len().saturating_sub(LAST_DIGITS);
    let by_last = if LAST_DIGITS < digits.len() { digits_score(vocabulary, &digits[last..], transcript) } else { 0.0 };
    whole.max(by_digits).max(by_last)
}

/// The digits said exactly, as one of the likely readings; short strings allow no fuzz.
fn digits_score(vocabulary: &Vocabulary, known: &[u8], transcript: &Transcript) -> f32 {
    if known.len() < LAST_DIGITS {
        return 0.0;
    }
    let readings = vocabulary.digit_strings(transcript);
    let best = readings.first().map_or(0.0, |reading| reading.score);
    let exact = readings.iter().find(|reading| reading.digits.reveal().as_bytes() == known);
    exact.map_or(0.0, |reading| if best <= 0.0 { 0.0 } else { 0.8 + 0.2 * reading.score / best })
}

/// Compares a spoken house or flat number with the one on record.
///
/// Two or three signs allow no fuzz: only the very number is accepted, and only the best reading counts in full.
pub fn match_house_number(vocabulary: &Vocabulary, known: &str, transcript: &Transcript) -> Match {
    let known = canonical(known);
    let fits = |text: &str| !known.is_empty() && vocabulary.spelled(text) == known;
    let place = transcript.hypotheses.iter().take(HYPOTHESES_MAX).position(|hypothesis| fits(&hypothesis.text));
    match place {
        Some(0) => Match::Accept { score: 1.0 },
        Some(_) => Match::Unsure { score: 0.6 },
        None => Match::Reject,
    }
}

/// Letters and digits alone, in capitals.
fn canonical(written: &str) -> Vec<u8> {
    written.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect()
}

/// The best score over the readings; each later one counts a little less.
fn best_over_hypotheses(transcript: &Transcript, score: impl Fn(&str) -> f32) -> f32 {
    let mut discount = 0.0;
    let mut best: f32 = 0.0;
    for hypothesis in transcript.hypotheses.iter().take(HYPOTHESES_MAX) {
        best = best.max(score(&hypothesis.text) - discount);
        discount += RANK_DISCOUNT;
    }
    best.max(0.0)
}
