//! Telephone numbers as people say them, with the groups and prefixes of their country.
//!
//! Source: ITU-T E.164 for the whole; the national plans of India, the United Kingdom and North America for the parts.

use crate::domain::{
    dialogue::understanding::{numbers::HYPOTHESES_MAX, vocabulary::Vocabulary},
    hearing::{Hypothesis, Transcript},
    values::PhoneNumber,
};

use super::Slot;

/// Readings kept. The least likely ones are dropped.
const READINGS_MAX: usize = 4;
/// A second reading this close to the first leaves open which was said.
const RIVAL_FACTOR: f32 = 0.8;

/// Which national numbers are understood without a country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialPlan {
    India,
    UnitedKingdom,
    NorthAmerica,
}

impl Vocabulary {
    /// Reads the telephone numbers of what was said, the likeliest first.
    ///
    /// Digits that are no number of the home plan, and carry no country code, are left out.
    pub fn phone_numbers(&self, transcript: &Transcript, home: DialPlan) -> Vec<Slot<PhoneNumber>> {
        let mut found: Vec<(PhoneNumber, f32)> = Vec::new();
        for hypothesis in transcript.hypotheses.iter().take(HYPOTHESES_MAX) {
            for (number, score) in self.numbers_in(hypothesis, home) {
                match found.iter_mut().find(|(known, _)| *known == number) {
                    Some((_, best)) => *best = best.max(score),
                    None => found.push((number, score)),
                }
            }
        }
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found.truncate(READINGS_MAX);
        let best = found.first().map_or(0.0, |(_, score)| *score);
        let is_open = found.get(1).is_some_and(|(_, second)| best * RIVAL_FACTOR <= *second);
        let slot = |(place, (value, score)): (usize, (PhoneNumber, f32))| {
            let is_unclear = 0 < place || is_open || score < RIVAL_FACTOR;
            Slot { value, is_unclear }
        };
        found.into_iter().enumerate().map(slot).collect()
    }

    fn numbers_in(&self, hypothesis: &Hypothesis, home: DialPlan) -> Vec<(PhoneNumber, f32)> {
        // "(541) 754-3010", "+44 (0)161", "246.555.8888": what groups digits says nothing.
        let spaced = hypothesis.text.replace(['(', ')', '.', '/'], " ").replace('+', " + ");
        let words: Vec<String> = spaced.split_whitespace().map(str::to_lowercase).collect();
        let mut found = Vec::new();
        for reading in self.text_digits(&spaced, hypothesis.confidence) {
            let start = usize::from(reading.span.start);
            let is_international =
                start.checked_sub(1).is_some_and(|before| self.numbers.plus.has(words[before].trim_end_matches(',')));
            if let Some(number) = e164(reading.digits.reveal(), is_international, home) {
                found.push((number, reading.score));
            }
        }
        found
    }
}

fn e164(digits: &str, is_international: bool, home: DialPlan) -> Option<PhoneNumber> {
    let whole = if is_international {
        international(digits)
    } else {
        national(digits, home)
            .or_else(|| digits.strip_prefix("00").and_then(international))
            .or_else(|| digits.strip_prefix("011").filter(|_| home == DialPlan::NorthAmerica).and_then(international))
    };
    whole?.parse().ok()
}

/// Digits behind a plus or a prefix for going abroad.
fn international(digits: &str) -> Option<String> {
    for plan in [DialPlan::India, DialPlan::UnitedKingdom, DialPlan::NorthAmerica] {
        if let Some(rest) = digits.strip_prefix(plan.country_code()) {
            // "+44 (0) 161": the zero is said only at home.
            return subscriber(rest.strip_prefix('0').unwrap_or(rest), plan);
        }
    }
    (8..=15).contains(&digits.len()).then(|| format!("+{digits}"))
}

fn national(digits: &str, home: DialPlan) -> Option<String> {
    let at_home = match home {
        DialPlan::India => subscriber(digits, home).or_else(|| subscriber(digits.strip_prefix('0')?, home)),
        DialPlan::UnitedKingdom => subscriber(digits.strip_prefix('0')?, home),
        DialPlan::NorthAmerica => subscriber(digits, home),
    };
    at_home.or_else(|| subscriber(digits.strip_prefix(home.country_code())?, home))
}

impl DialPlan {
    const fn country_code(self) -> &'static str {
        match self {
            Self::India => "91",
            Self::UnitedKingdom => "44",
            Self::NorthAmerica => "1",
        }
    }
}

/// The number without country code and trunk prefix, if the plan has such numbers.
fn subscriber(digits: &str, plan: DialPlan) -> Option<String> {
    let bytes = digits.as_bytes();
    let is_number = match plan {
        // A mobile, or a landline with its area code.
        DialPlan::India => bytes.len() == 10 && matches!(bytes[0], b'1'..=b'9'),
        DialPlan::UnitedKingdom => {
            // A few landlines are one digit short.
            let is_long_enough = bytes.len() == 10 || (bytes.len() == 9 && bytes[0] == b'1');
            is_long_enough && !matches!(bytes[0], b'0' | b'4' | b'6')
        }
        DialPlan::NorthAmerica => {
            bytes.len() == 10 && matches!(bytes[0], b'2'..=b'9') && matches!(bytes[3], b'2'..=b'9')
        }
    };
    is_number.then(|| format!("+{}{digits}", plan.country_code()))
}

#[cfg(test)]
mod tests;
