//! Order references and postcodes as heard, where there is no record to compare with yet.

use super::{numbers::HYPOTHESES_MAX, vocabulary::Vocabulary};
use crate::domain::{hearing::Transcript, values::Personal};

/// Candidates kept. The least likely ones are dropped.
const CANDIDATES_MAX: usize = 6;
/// Each later alternative of the recogniser counts this much less.
const RANK_FACTOR: f32 = 0.9;
const REFERENCE_SIGNS_MIN: usize = 4;
const REFERENCE_SIGNS_MAX: usize = 24;
const REFERENCE_DIGITS_MIN: usize = 3;
/// Fewer digits in a row are an amount or a house.
const RUN_DIGITS_MIN: usize = 5;

/// A code of letters and digits, as heard.
#[derive(Clone, Debug, PartialEq)]
pub struct SpokenCode {
    /// Shape: capitals and digits only, no separators.
    pub canonical: Personal<String>,
    /// Shape: 0.0 to 1.0.
    pub score: f32,
}

/// How postcodes of a country are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostcodeForm {
    /// Six digits, the first not zero.
    India,
    /// One or two letters, a digit, perhaps one more sign; then a digit and two letters.
    UnitedKingdom,
    /// Five digits, or nine.
    UnitedStates,
}

impl Vocabulary {
    /// Reads order references, the likeliest first: "K H four five two seven one nine".
    ///
    /// A run of digits counts by itself too: the letters in front of it are often misheard ("page 452719").
    pub fn order_references(&self, transcript: &Transcript) -> Vec<SpokenCode> {
        let mut found = self.candidates(transcript, |signs| {
            let digits = signs.iter().filter(|sign| sign.is_ascii_digit()).count();
            let is_reference =
                REFERENCE_DIGITS_MIN <= digits && (REFERENCE_SIGNS_MIN..=REFERENCE_SIGNS_MAX).contains(&signs.len());
            is_reference.then(|| signs.to_vec())
        });
        let runs = transcript.hypotheses.iter().take(HYPOTHESES_MAX).flat_map(|heard| {
            let runs = heard.text.split(|sign: char| !sign.is_ascii_digit());
            runs.filter(|run| RUN_DIGITS_MIN <= run.len()).map(|run| (run, heard.confidence * RANK_FACTOR))
        });
        for (run, score) in runs {
            if found.len() < CANDIDATES_MAX && found.iter().all(|known| known.canonical.reveal() != run) {
                found.push(SpokenCode { canonical: Personal::new(run.to_owned()), score });
            }
        }
        found
    }

    /// Reads postcodes of one form, the likeliest first. A letter heard for a digit in its place, or the other way
    /// round, is put right ("O" and "0", "I" and "1"); anything else that does not fit the form is left out.
    pub fn postcodes(&self, transcript: &Transcript, form: PostcodeForm) -> Vec<SpokenCode> {
        self.candidates(transcript, |signs| match form {
            PostcodeForm::India => all_digits(signs).filter(|code| code.len() == 6 && code[0] != b'0'),
            PostcodeForm::UnitedStates => all_digits(signs).filter(|code| matches!(code.len(), 5 | 9)),
            PostcodeForm::UnitedKingdom => united_kingdom(signs),
        })
    }

    fn candidates(&self, transcript: &Transcript, read: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Vec<SpokenCode> {
        let mut found: Vec<SpokenCode> = Vec::new();
        let mut rank_score = 1.0;
        for hypothesis in transcript.hypotheses.iter().take(HYPOTHESES_MAX) {
            let code = read(&self.spelled(&hypothesis.text)).and_then(|signs| String::from_utf8(signs).ok());
            if let Some(code) = code.filter(|code| found.iter().all(|known| known.canonical.reveal() != code)) {
                found.push(SpokenCode { canonical: Personal::new(code), score: rank_score * hypothesis.confidence });
            }
            rank_score *= RANK_FACTOR;
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        found.truncate(CANDIDATES_MAX);
        found
    }
}

fn as_digit(sign: u8) -> Option<u8> {
    match sign {
        b'0'..=b'9' => Some(sign),
        b'O' => Some(b'0'),
        b'I' => Some(b'1'),
        _ => None,
    }
}

fn as_letter(sign: u8) -> Option<u8> {
    match sign {
        b'A'..=b'Z' => Some(sign),
        b'0' => Some(b'O'),
        b'1' => Some(b'I'),
        _ => None,
    }
}

fn all_digits(signs: &[u8]) -> Option<Vec<u8>> {
    signs.iter().map(|sign| as_digit(*sign)).collect()
}

fn united_kingdom(signs: &[u8]) -> Option<Vec<u8>> {
    if !(5..=7).contains(&signs.len()) {
        return None;
    }
    let (outward, inward) = signs.split_at(signs.len() - 3);
    let mut code = vec![as_letter(outward[0])?];
    let has_two_letters = outward[1].is_ascii_alphabetic() && outward[1] != b'O' && outward[1] != b'I';
    let digit_at = if has_two_letters || (outward.len() == 4) { 2 } else { 1 };
    if digit_at == 2 {
        code.push(as_letter(outward[1])?);
    }
    code.push(as_digit(*outward.get(digit_at)?)?);
    code.extend(&outward[digit_at + 1..]);
    code.extend([as_digit(inward[0])?, as_letter(inward[1])?, as_letter(inward[2])?]);
    (code.len() == signs.len()).then_some(code)
}
