//! Spoken and spelled names against the name on record.

use rphonetic::DoubleMetaphone;

use super::{HYPOTHESES_MAX, Match, RANK_DISCOUNT, canonical, letters};
use crate::domain::{dialogue::understanding::vocabulary::Vocabulary, hearing::Transcript};

/// Both names this close: the caller said the record's name.
const NAME_ACCEPT: f32 = 0.86;
const NAME_UNSURE: f32 = 0.6;
/// Names that sound the same are this alike, however they are written.
const SAME_SOUND: f32 = 0.93;
/// Below this, letters in common are chance.
const WORD_LIKENESS_MIN: f32 = 0.6;

/// How close what was said comes to each part of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NameScores {
    /// Shape: 0.0 (not said) to 1.0.
    pub first: f32,
    /// Shape: 0.0 (not said) to 1.0.
    pub last: f32,
}

impl NameScores {
    /// The best of both, part by part: a second attempt adds to the first.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self { first: self.first.max(other.first), last: self.last.max(other.last) }
    }

    pub(super) fn mean(self) -> f32 {
        f32::midpoint(self.first, self.last)
    }
}

/// Compares a spoken or spelled name with the full name on record.
///
/// Both names, first and last, are needed to accept; one alone is unsure.
pub fn match_name(vocabulary: &Vocabulary, known_full_name: &str, transcript: &Transcript) -> Match {
    Match::graded(name_scores(vocabulary, known_full_name, transcript).mean(), NAME_ACCEPT, NAME_UNSURE - 0.15)
}

/// Scores every reading and keeps the best for each part of the name.
pub fn name_scores(vocabulary: &Vocabulary, known_full_name: &str, transcript: &Transcript) -> NameScores {
    let Some(known) = KnownName::of(known_full_name) else { return NameScores::default() };
    let sounds = DoubleMetaphone::default();
    let mut best = NameScores::default();
    let mut discount = 0.0;
    for hypothesis in transcript.hypotheses.iter().take(HYPOTHESES_MAX) {
        let said =
            known.said_in(&hypothesis.text, &sounds).joined(known.spelled_in(&vocabulary.spelled(&hypothesis.text)));
        best = best.joined(NameScores { first: said.first - discount, last: said.last - discount });
        discount += RANK_DISCOUNT;
    }
    best
}

struct KnownName {
    first: String,
    /// The same as `first` when the record holds one name only.
    last: String,
}

impl KnownName {
    fn of(full_name: &str) -> Option<Self> {
        let lower = full_name.to_lowercase();
        let mut words = lower.split_whitespace();
        let first = words.next()?.to_owned();
        let last = words.next_back().map_or_else(|| first.clone(), ToOwned::to_owned);
        Some(Self { first, last })
    }

    /// Words, and neighbouring words taken together ("rob in"), against each part.
    fn said_in(&self, text: &str, sounds: &DoubleMetaphone) -> NameScores {
        let lower = text.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| 1 < w.len()).collect();
        let mut best = NameScores::default();
        for (index, word) in words.iter().enumerate() {
            let pair = words.get(index + 1).map(|next| format!("{word}{next}"));
            for said in std::iter::once((*word).to_owned()).chain(pair) {
                best = best.joined(NameScores {
                    first: likeness(&self.first, &said, sounds),
                    last: likeness(&self.last, &said, sounds),
                });
            }
        }
        best
    }

    /// The letters of the whole utterance, against the whole name and against each part.
    fn spelled_in(&self, letters: &[u8]) -> NameScores {
        if letters.len() < 3 {
            return NameScores::default();
        }
        let (first, last) = (canonical(&self.first), canonical(&self.last));
        let whole = letters::similarity(&[first.as_slice(), last.as_slice()].concat(), letters);
        NameScores {
            first: whole.max(letters::similarity(&first, letters)),
            last: whole.max(letters::similarity(&last, letters)),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a likeness needs no more digits")]
fn likeness(known: &str, said: &str, sounds: &DoubleMetaphone) -> f32 {
    if known == said {
        return 1.0;
    }
    let by_letters = strsim::jaro_winkler(known, said) as f32;
    let is_alike = WORD_LIKENESS_MIN <= by_letters
        && (sounds.is_double_metaphone_equal(known, said, false)
            || sounds.is_double_metaphone_equal(known, said, true));
    if is_alike {
        return by_letters.max(SAME_SOUND);
    }
    if by_letters < WORD_LIKENESS_MIN { 0.0 } else { by_letters * by_letters }
}
