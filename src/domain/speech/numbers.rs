//! Numbers in words.

use super::Locale;
use super::locale::words::{Numbers, Years};

/// A number as people count: "one lakh twenty thousand", "one hundred and twenty thousand".
pub fn cardinal(locale: Locale, number: u64) -> String {
    let words = &locale.words().numbers;
    let mut parts = Vec::new();
    let mut rest = number;
    for scale in &words.scales {
        if scale.size <= rest {
            parts.push(format!("{} {}", cardinal(locale, rest / scale.size), scale.name));
            rest %= scale.size;
        }
    }
    if 0 < rest || parts.is_empty() {
        let joint = if !parts.is_empty() && rest < 100 { words.before_last.as_str() } else { "" };
        parts.push(format!("{joint}{}", below_thousand(words, rest)));
    }
    parts.join(" ")
}

fn below_thousand(words: &Numbers, number: u64) -> String {
    let name = |number: u64| words.below_hundred[(number % 100) as usize].as_str();
    let hundred = &words.hundred;
    match (number / 100 % 10, number % 100) {
        (0, rest) => name(rest).to_owned(),
        (hundreds, 0) => format!("{} {hundred}", name(hundreds)),
        (hundreds, rest) => format!("{} {hundred}{}{}", name(hundreds), words.after_hundreds, name(rest)),
    }
}

/// A place in an order: "first", "twenty-third", "one hundredth".
pub fn ordinal(locale: Locale, number: u64) -> String {
    let places = &locale.words().ordinals;
    let counted = cardinal(locale, number);
    let last = counted.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (head, tail) = counted.split_at(last);
    let ended = || {
        let fits = |(from, to): &(String, String)| Some(format!("{}{to}", tail.strip_suffix(from.as_str())?));
        places.endings.iter().find_map(fits).unwrap_or_default()
    };
    let tail = places.irregular.get(tail).cloned().unwrap_or_else(ended);
    format!("{head}{tail}")
}

/// A year as people say it: "twenty twenty-six", "two thousand and five".
pub fn year(locale: Locale, year: u64) -> String {
    let (century, rest) = (year / 100, year % 100);
    let words = locale.words();
    let pair = |number| cardinal(locale, number);
    match (words.dates.years, century, rest) {
        (Years::Count, _, _) | (Years::Pairs, 20, 0..=9) => cardinal(locale, year),
        (Years::Pairs, 11..=20, 0) => format!("{} {}", pair(century), words.numbers.hundred),
        (Years::Pairs, 11..=20, 1..=9) => format!("{} {} {}", pair(century), words.dates.oh, pair(rest)),
        (Years::Pairs, 11..=20, _) => format!("{} {}", pair(century), pair(rest)),
        (Years::Pairs, _, _) => cardinal(locale, year),
    }
}

/// A number as written, with thousands separators or a decimal point: "one point five".
///
/// Shape: digits too many for a count, or led by a zero, are said one by one.
pub fn written_number(locale: Locale, text: &str) -> String {
    let plain: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let is_count = whole.len() <= 15 && (whole == "0" || !whole.starts_with('0'));
    let mut words = match whole.parse() {
        Ok(number) if is_count => cardinal(locale, number),
        Ok(_) | Err(_) => digits(locale, whole),
    };
    if !fraction.is_empty() {
        let numbers = &locale.words().numbers;
        let whole = if words.is_empty() { &numbers.below_hundred[0] } else { &words };
        words = format!("{whole} {} {}", numbers.point, digits(locale, fraction));
    }
    words
}

/// Digits one by one; anything else is left out.
pub fn digits(locale: Locale, text: &str) -> String {
    let words = &locale.words().numbers.below_hundred;
    let digits = text.chars().filter_map(|c| c.to_digit(10));
    let names: Vec<&str> = digits.map(|digit| words[digit as usize].as_str()).collect();
    names.join(" ")
}

#[cfg(test)]
mod tests;
