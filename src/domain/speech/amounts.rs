//! Money and spans of time in words.

use std::time::Duration;

use crate::domain::values::{Currency, Money};

use super::{Locale, cardinal};

/// The names of a currency's units.
struct Units {
    one: &'static str,
    many: &'static str,
    minor_one: &'static str,
    minor_many: &'static str,
    /// Minor units in one; 1 where there are none.
    minor_per_unit: u64,
}

/// An amount as people say it: "one thousand four hundred and ninety-nine rupees", "fifty paise".
pub fn money(locale: Locale, amount: Money) -> String {
    let units = units(amount.currency);
    let minor = amount.amount_minor.unsigned_abs();
    let (whole, rest) = (minor / units.minor_per_unit, minor % units.minor_per_unit);
    let counted = |number: u64, one: &str, many: &str| {
        format!("{} {}", cardinal(locale, number), if number == 1 { one } else { many })
    };
    let whole_words = counted(whole, units.one, units.many);
    let minor_words = counted(rest, units.minor_one, units.minor_many);
    let words = match (whole, rest) {
        (_, 0) => whole_words,
        (0, _) => minor_words,
        (_, _) => format!("{whole_words} and {minor_words}"),
    };
    if amount.amount_minor < 0 { format!("minus {words}") } else { words }
}

fn units(currency: Currency) -> Units {
    let of = |one, many, minor_one, minor_many| Units { one, many, minor_one, minor_many, minor_per_unit: 100 };
    match currency.as_str() {
        "INR" => of("rupee", "rupees", "paisa", "paise"),
        "USD" => of("dollar", "dollars", "cent", "cents"),
        "GBP" => of("pound", "pounds", "penny", "pence"),
        "EUR" => of("euro", "euros", "cent", "cents"),
        "AUD" => of("Australian dollar", "Australian dollars", "cent", "cents"),
        "CAD" => of("Canadian dollar", "Canadian dollars", "cent", "cents"),
        "SGD" => of("Singapore dollar", "Singapore dollars", "cent", "cents"),
        "NZD" => of("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
        "AED" => of("dirham", "dirhams", "fils", "fils"),
        "CHF" => of("Swiss franc", "Swiss francs", "centime", "centimes"),
        "JPY" => Units { minor_per_unit: 1, ..of("yen", "yen", "", "") },
        _ => of("unit", "units", "hundredth", "hundredths"),
    }
}

/// A span of time, rounded as people round it: "two days", "one hour and thirty minutes".
pub fn duration(locale: Locale, span: Duration) -> String {
    let counted =
        |number: u64, unit: &str| format!("{} {unit}{}", cardinal(locale, number), if number == 1 { "" } else { "s" });
    let seconds = span.as_secs();
    if seconds < 60 {
        return counted(seconds, "second");
    }
    let minutes = seconds.saturating_add(30) / 60;
    let hours = (minutes + 30) / 60;
    if 36 <= hours || minutes.is_multiple_of(24 * 60) {
        return counted((hours + 12) / 24, "day");
    }
    match (minutes / 60, minutes % 60) {
        (0, minutes) => counted(minutes, "minute"),
        (hours, 0) => counted(hours, "hour"),
        (hours, minutes) if hours < 6 => format!("{} and {}", counted(hours, "hour"), counted(minutes, "minute")),
        (_, _) => counted(hours, "hour"),
    }
}

#[cfg(test)]
mod tests;
