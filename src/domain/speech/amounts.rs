//! Money and spans of time in words.

use std::time::Duration;

use crate::domain::values::Money;

use super::locale::ANY_CURRENCY;
use super::{Locale, cardinal};

/// An amount as people say it: "one thousand four hundred and ninety-nine rupees", "fifty paise".
pub fn money(locale: Locale, amount: Money) -> String {
    let words = &locale.words().money;
    let names = currency_names(locale, amount.currency.as_str());
    let [one, many, parts @ ..] = names else { return String::new() };
    let minor = amount.amount_minor.unsigned_abs();
    let minor_per_unit = if parts.is_empty() { 1 } else { 100 };
    let (whole, rest) = (minor / minor_per_unit, minor % minor_per_unit);
    let whole_words = counted(locale, whole, one, many);
    let said = match (parts, whole, rest) {
        ([minor_one, minor_many, ..], 0, 1..) => counted(locale, rest, minor_one, minor_many),
        ([minor_one, minor_many, ..], _, 1..) => {
            let rest = counted(locale, rest, minor_one, minor_many);
            words.both.fill(&[("whole", &whole_words), ("rest", &rest)])
        }
        (_, _, _) => whole_words,
    };
    if amount.amount_minor < 0 { words.minus.fill(&[("amount", &said)]) } else { said }
}

/// An amount as people read it: "INR 1499.00".
pub fn written_money(locale: Locale, amount: Money) -> String {
    let code = amount.currency.as_str();
    let has_parts = 2 < currency_names(locale, code).len();
    let minor = amount.amount_minor.unsigned_abs();
    let sign = if amount.amount_minor < 0 { "-" } else { "" };
    if has_parts { format!("{code} {sign}{}.{:02}", minor / 100, minor % 100) } else { format!("{code} {sign}{minor}") }
}

/// One and several of a currency, and of its hundredth part where it has one.
pub(super) fn currency_names(locale: Locale, code: &str) -> &'static [String] {
    let currencies = &locale.words().money.currencies;
    currencies.get(code).or_else(|| currencies.get(ANY_CURRENCY)).map_or(&[], Vec::as_slice)
}

fn counted(locale: Locale, number: u64, one: &str, many: &str) -> String {
    format!("{} {}", cardinal(locale, number), if number == 1 { one } else { many })
}

/// A span of time, rounded as people round it: "two days", "one hour and thirty minutes".
pub fn duration(locale: Locale, span: Duration) -> String {
    let words = &locale.words().durations;
    let counted = |number: u64, [one, many]: &[String; 2]| counted(locale, number, one, many);
    let seconds = span.as_secs();
    if seconds < 60 {
        return counted(seconds, &words.second);
    }
    let minutes = seconds.saturating_add(30) / 60;
    let hours = (minutes + 30) / 60;
    if 36 <= hours || minutes.is_multiple_of(24 * 60) {
        return counted((hours + 12) / 24, &words.day);
    }
    match (minutes / 60, minutes % 60) {
        (0, minutes) => counted(minutes, &words.minute),
        (hours, 0) => counted(hours, &words.hour),
        (hours, minutes) if hours < 6 => {
            let (hours, minutes) = (counted(hours, &words.hour), counted(minutes, &words.minute));
            words.both.fill(&[("hours", &hours), ("minutes", &minutes)])
        }
        (_, _) => counted(hours, &words.hour),
    }
}

#[cfg(test)]
mod tests;
