//! Numbers in words.

use super::Locale;

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const CRORE: u64 = 10_000_000;
const WESTERN: [(u64, &str); 6] = [
    (1_000_000_000_000_000_000, "quintillion"),
    (1_000_000_000_000_000, "quadrillion"),
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];

/// A number as people count: "one lakh twenty thousand", "one hundred and twenty thousand".
pub fn cardinal(locale: Locale, number: u64) -> String {
    let mut parts = Vec::new();
    let mut rest = number;
    match locale {
        Locale::EnIn => {
            if CRORE <= rest {
                parts.push(format!("{} crore", cardinal(locale, rest / CRORE)));
                rest %= CRORE;
            }
            for (size, name) in [(100_000, "lakh"), (1_000, "thousand")] {
                push_group(locale, &mut parts, &mut rest, size, name);
            }
        }
        Locale::EnGb | Locale::EnUs => {
            for (size, name) in WESTERN {
                push_group(locale, &mut parts, &mut rest, size, name);
            }
        }
    }
    if 0 < rest || parts.is_empty() {
        let needs_and = !parts.is_empty() && rest < 100 && locale != Locale::EnUs;
        parts.push(format!("{}{}", if needs_and { "and " } else { "" }, below_thousand(locale, rest)));
    }
    parts.join(" ")
}

fn push_group(locale: Locale, parts: &mut Vec<String>, rest: &mut u64, size: u64, name: &str) {
    if size <= *rest {
        parts.push(format!("{} {name}", below_thousand(locale, *rest / size)));
        *rest %= size;
    }
}

fn below_thousand(locale: Locale, number: u64) -> String {
    let (hundreds, rest) = (number / 100 % 10, number % 100);
    let joint = if locale == Locale::EnUs { " " } else { " and " };
    match (hundreds, rest) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => format!("{} hundred", UNITS[hundreds as usize]),
        (hundreds, rest) => format!("{} hundred{joint}{}", UNITS[hundreds as usize], below_hundred(rest)),
    }
}

fn below_hundred(number: u64) -> String {
    match (number / 10 % 10, number % 10) {
        (0 | 1, _) => UNITS[(number % 20) as usize].to_owned(),
        (tens, 0) => TENS[tens as usize].to_owned(),
        (tens, unit) => format!("{}-{}", TENS[tens as usize], UNITS[unit as usize]),
    }
}

/// A place in an order: "first", "twenty-third", "one hundredth".
pub fn ordinal(locale: Locale, number: u64) -> String {
    let words = cardinal(locale, number);
    let last = words.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (head, tail) = words.split_at(last);
    let tail = match tail {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        other => match other.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{other}th"),
        },
    };
    format!("{head}{tail}")
}

/// A year as people say it: "twenty twenty-six", "two thousand and five".
pub fn year(locale: Locale, year: u64) -> String {
    let (century, rest) = (year / 100, year % 100);
    match (century, rest) {
        (20, 0..=9) => cardinal(locale, year),
        (11..=20, 0) => format!("{} hundred", below_hundred(century)),
        (11..=20, 1..=9) => format!("{} oh {}", below_hundred(century), below_hundred(rest)),
        (11..=20, _) => format!("{} {}", below_hundred(century), below_hundred(rest)),
        (_, _) => cardinal(locale, year),
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
        Ok(_) | Err(_) => digits(whole),
    };
    if !fraction.is_empty() {
        words.push_str(if words.is_empty() { "zero point " } else { " point " });
        words.push_str(&digits(fraction));
    }
    words
}

/// Digits one by one; anything else is left out.
pub fn digits(text: &str) -> String {
    let names: Vec<&str> = text.chars().filter_map(|c| c.to_digit(10)).map(|digit| UNITS[digit as usize]).collect();
    names.join(" ")
}

#[cfg(test)]
mod tests;
