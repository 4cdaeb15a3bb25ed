//! Short forms and what is said for them.

use crate::domain::speech::Locale;

/// What is said for a short form; it need not have its full stop.
pub(super) fn abbreviation(locale: Locale, word: &str) -> Option<&'static str> {
    locale.words().text.short_forms.get(&word.to_lowercase()).map(String::as_str)
}

/// Whether a word apart from its number may be a unit: "12 MG Road" has no milligrams.
pub(super) fn may_stand_apart(word: &str) -> bool {
    let is_upper = word.chars().all(char::is_uppercase);
    2 <= word.len() && word != "in" && (!is_upper || matches!(word, "KG" | "ML" | "GB" | "MB" | "TB" | "CM" | "MM"))
}

/// The names of a unit, for one and for several.
pub(super) fn unit(locale: Locale, word: &str) -> Option<&'static [String; 2]> {
    locale.words().text.units.get(&word.to_lowercase())
}

/// The currency a mark or word before an amount names.
pub(super) fn currency(mark: &str) -> Option<&'static str> {
    match mark {
        "₹" | "Rs" | "rs" | "RS" | "INR" => Some("INR"),
        "$" | "USD" => Some("USD"),
        "£" | "GBP" => Some("GBP"),
        "€" | "EUR" => Some("EUR"),
        _ => None,
    }
}

/// Whether four digits behind this word are a year.
pub(super) fn leads_to_year(locale: Locale, word: &str) -> bool {
    let text = &locale.words().text;
    let lower = word.to_lowercase();
    text.year_after.iter().any(|lead| lead == word) || text.month_stems.iter().any(|stem| lower.starts_with(stem))
}
