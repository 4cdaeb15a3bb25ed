//! Numbers that must not be shared on a call: found, and masked before anything keeps the words.
//!
//! Source: payment card numbers have 13 to 19 digits with a Luhn check digit (ISO/IEC 7812).

use super::numbers::{DigitString, Span};
use super::vocabulary::{Phrases, Spoken, Vocabulary, WordSet};

/// What stands in place of a secret.
const MASK: &str = "[masked]";
/// How many words before digits still say what the digits are.
const NAMING_REACH: usize = 6;
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// The words that give secrets away.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct SecretLists {
    cards: WordSet,
    security_codes: WordSet,
    /// Words that all stand in front of one.
    one_time_codes: Phrases,
    pins: WordSet,
    /// Behind these words a "pin" is no secret: "pin code".
    no_pin: WordSet,
    /// Whose PIN is a secret.
    pin_owners: WordSet,
    /// What announces a password, which is the next word.
    passwords: Phrases,
    /// What may follow that is no password: "the password is wrong".
    no_password: WordSet,
}

/// What kind of secret was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretKind {
    CardNumber,
    SecurityCode,
    OneTimeCode,
    Pin,
    Password,
}

/// A secret that was said. Its digits are nowhere kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secret {
    pub kind: SecretKind,
    /// Shape: words of the text, split at white space.
    pub span: Span,
}

/// A text without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The words joined by single spaces where something was masked, else the text as it was.
    pub text: String,
    /// Order: as said.
    pub found: Vec<Secret>,
}

impl Vocabulary {
    /// Finds and masks card numbers, security codes, one-time codes, PINs and passwords in what was said.
    pub fn mask(&self, text: &str) -> Masked {
        let words: Vec<&str> = text.split_whitespace().collect();
        let lower: Vec<String> = words.iter().map(|word| plain(word)).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let readings = self.text_digits(text, 1.0);
        let mut found: Vec<Secret> = Vec::new();
        for reading in &readings {
            let is_known = found.iter().any(|secret| secret.span == reading.span);
            if let Some(kind) = self.secrets.kind_of(reading, &readings, &lower).filter(|_| !is_known) {
                found.push(Secret { kind, span: reading.span });
            }
        }
        found.extend(self.secrets.find_passwords(&lower));
        found.sort_by_key(|secret| secret.span.start);
        if found.is_empty() {
            return Masked { text: text.to_owned(), found };
        }
        Masked { text: without(&words, &found), found }
    }
}

fn plain(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

impl SecretLists {
    fn kind_of(&self, reading: &DigitString, all: &[DigitString], lower: &[&str]) -> Option<SecretKind> {
        let digits = reading.digits.reveal().as_bytes();
        let start = usize::from(reading.span.start);
        let before = &lower[start.saturating_sub(NAMING_REACH)..start];
        let names = |words: &WordSet| before.iter().any(|word| words.has(word));
        if CARD_DIGITS.contains(&digits.len()) && (has_luhn_check_digit(digits) || names(&self.cards)) {
            return Some(SecretKind::CardNumber);
        }
        // The first reading of a stretch is the likeliest; only it decides by its length.
        let is_likeliest = all.iter().find(|other| other.span == reading.span) == Some(reading);
        match digits.len() {
            3 | 4 if is_likeliest && names(&self.security_codes) => Some(SecretKind::SecurityCode),
            4..=8 if is_likeliest && self.is_one_time(before) => Some(SecretKind::OneTimeCode),
            4 | 6 if is_likeliest && self.is_bank_pin(before) => Some(SecretKind::Pin),
            _ => None,
        }
    }

    fn is_one_time(&self, before: &[&str]) -> bool {
        self.one_time_codes.iter().any(|all| all.split(' ').all(|word| before.contains(&word)))
    }

    /// A PIN of a bank or a payment app; a "pin code" is a postcode.
    fn is_bank_pin(&self, before: &[&str]) -> bool {
        let is_pin = |at: usize| self.pins.has(before[at]) && !self.no_pin.has(before.word(at + 1));
        (0..before.len()).any(is_pin) && before.iter().any(|word| self.pin_owners.has(word))
    }

    fn find_passwords(&self, lower: &[&str]) -> Vec<Secret> {
        let announced = (0..lower.len()).filter_map(|at| Some(at + self.passwords.begin(&lower[at..])?));
        let said = announced.filter(|at| *at < lower.len() && !self.no_password.has(lower[*at]));
        said.map(|at| Secret { kind: SecretKind::Password, span: Span::new(at, at + 1) }).collect()
    }
}

fn without(words: &[&str], found: &[Secret]) -> String {
    let mut kept: Vec<&str> = Vec::with_capacity(words.len());
    for (index, word) in words.iter().enumerate() {
        let covering =
            |secret: &&Secret| (usize::from(secret.span.start)..usize::from(secret.span.end)).contains(&index);
        match found.iter().find(covering) {
            Some(secret) if usize::from(secret.span.start) == index => kept.push(MASK),
            Some(_) => (),
            None => kept.push(word),
        }
    }
    kept.join(" ")
}

fn has_luhn_check_digit(digits: &[u8]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(place, byte)| {
        let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
        if 9 < digit { digit - 9 } else { digit }
    });
    weighed.sum::<u32>().is_multiple_of(10)
}
