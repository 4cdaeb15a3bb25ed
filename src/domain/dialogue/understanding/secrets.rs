//! Numbers that must not be shared on a call: found, and masked before anything keeps the words.
//!
//! Source: payment card numbers have 13 to 19 digits with a Luhn check digit (ISO/IEC 7812).

use super::numbers::{DigitString, Span, text_digits};

/// What stands in place of a secret.
const MASK: &str = "[masked]";
/// How many words before digits still say what the digits are.
const NAMING_REACH: usize = 6;
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

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

/// Finds and masks card numbers, security codes, one-time codes, PINs and passwords in what was said.
pub fn mask(text: &str) -> Masked {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower: Vec<String> = words.iter().map(|word| plain(word)).collect();
    let readings = text_digits(text, 1.0);
    let mut found: Vec<Secret> = Vec::new();
    for reading in &readings {
        let is_known = found.iter().any(|secret| secret.span == reading.span);
        if let Some(kind) = kind_of(reading, &readings, &lower).filter(|_| !is_known) {
            found.push(Secret { kind, span: reading.span });
        }
    }
    found.extend(passwords(&lower));
    found.sort_by_key(|secret| secret.span.start);
    if found.is_empty() {
        return Masked { text: text.to_owned(), found };
    }
    Masked { text: without(&words, &found), found }
}

fn plain(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn kind_of(reading: &DigitString, all: &[DigitString], lower: &[String]) -> Option<SecretKind> {
    let digits = reading.digits.reveal().as_bytes();
    let start = usize::from(reading.span.start);
    let before = &lower[start.saturating_sub(NAMING_REACH)..start];
    if CARD_DIGITS.contains(&digits.len()) && (has_luhn_check_digit(digits) || names_card(before)) {
        return Some(SecretKind::CardNumber);
    }
    // The first reading of a stretch is the likeliest; only it decides by its length.
    let is_likeliest = all.iter().find(|other| other.span == reading.span) == Some(reading);
    let says = |word: &str| before.iter().any(|said| said == word);
    match digits.len() {
        3 | 4 if is_likeliest && (says("cvv") || says("cvc") || says("cvv2") || says("security")) => {
            Some(SecretKind::SecurityCode)
        }
        4..=8 if is_likeliest && (says("otp") || (says("one") && says("time")) || says("verification")) => {
            Some(SecretKind::OneTimeCode)
        }
        4 | 6 if is_likeliest && is_bank_pin(before) => Some(SecretKind::Pin),
        _ => None,
    }
}

fn names_card(before: &[String]) -> bool {
    before
        .iter()
        .any(|word| matches!(word.as_str(), "card" | "visa" | "mastercard" | "amex" | "rupay" | "debit" | "credit"))
}

/// A PIN of a bank or a payment app; a "pin code" is a postcode.
fn is_bank_pin(before: &[String]) -> bool {
    let is_pin = |at: &usize| before[*at] == "pin" && before.get(at + 1).is_none_or(|next| next != "code");
    let owner = |word: &String| matches!(word.as_str(), "upi" | "atm" | "card" | "bank" | "mpin" | "debit" | "credit");
    (0..before.len()).any(|at| is_pin(&at)) && before.iter().any(owner)
}

fn passwords(lower: &[String]) -> Vec<Secret> {
    let said = lower.windows(3).enumerate().filter(|(_, words)| {
        matches!(words[0].as_str(), "password" | "passcode")
            && words[1] == "is"
            && !matches!(words[2].as_str(), "not" | "wrong")
    });
    said.map(|(at, _)| Secret { kind: SecretKind::Password, span: Span::new(at + 2, at + 3) }).collect()
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
