//! Weekdays, months, numbers, ordinals and years among the words of a date.

use jiff::civil::Weekday;

use super::words::{DateWord, says, text};

/// A weekday by name. Shape: the day, and whether it was named in the plural ("Mondays").
pub(super) fn weekday(words: &[DateWord], at: usize) -> Option<(Weekday, bool)> {
    let word = text(words, at);
    let stem = word.strip_suffix('s').filter(|stem| stem.ends_with("day"));
    let day = match stem.unwrap_or(word) {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" | "weds" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    };
    Some((day, stem.is_some()))
}

pub(super) fn month(word: &str) -> Option<i8> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

/// Reads a whole number up to 99 in words, or up to four digits. Shape: the number and how many words it takes.
pub(super) fn number(words: &[DateWord]) -> Option<(i16, usize)> {
    let first = text(words, 0);
    if !first.is_empty() && first.len() <= 4 && first.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((first.parse().ok()?, 1));
    }
    let value = small_number(first)?;
    let unit = small_number(text(words, 1)).filter(|unit| (1..10).contains(unit));
    match unit {
        Some(unit) if 20 <= value => Some((value + unit, 2)),
        Some(_) | None => Some((value, 1)),
    }
}

/// Reads "5th", "fifth", "twenty third". Shape: 1 to 31 and how many words it takes.
pub(super) fn ordinal(words: &[DateWord]) -> Option<(i8, usize)> {
    let first = text(words, 0);
    for suffix in ["st", "nd", "rd", "th"] {
        if let Some(day) = first.strip_suffix(suffix).and_then(|digits| digits.parse::<i8>().ok()) {
            return (1..=31).contains(&day).then_some((day, 1));
        }
    }
    if let Some(day) = ordinal_word(first) {
        return Some((day, 1));
    }
    let tens: i8 = match first {
        "twenty" => 20,
        "thirty" => 30,
        _ => return None,
    };
    let day = tens + ordinal_word(text(words, 1)).filter(|unit| *unit < 10)?;
    (day <= 31).then_some((day, 2))
}

/// Reads "2026", "twenty twenty six", "two thousand and twenty six". Shape: the year and how many words it takes.
pub(super) fn year(words: &[DateWord]) -> Option<(i16, usize)> {
    let first = text(words, 0);
    if first.len() == 4 && first.bytes().all(|byte| byte.is_ascii_digit()) {
        return first.parse().ok().filter(|year| (1900..2100).contains(year)).map(|year| (year, 1));
    }
    if let Some(taken) = says(words, "two thousand") {
        let joint = taken + usize::from(text(words, taken) == "and");
        return Some(
            number(&words[joint.min(words.len())..]).map_or((2000, taken), |(rest, more)| (2000 + rest, joint + more)),
        );
    }
    let century = match first {
        "twenty" => 2000,
        "nineteen" => 1900,
        _ => return None,
    };
    let (rest, taken) = number(words.get(1..)?)?;
    (10..100).contains(&rest).then_some((century + rest, 1 + taken))
}

fn ordinal_word(word: &str) -> Option<i8> {
    const WORDS: &[&str] = &[
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let place = WORDS.iter().position(|known| *known == word);
    place.and_then(|place| i8::try_from(place + 1).ok()).or((word == "thirtieth").then_some(30))
}

fn small_number(word: &str) -> Option<i16> {
    const WORDS: &[&str] = &[
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
    const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let place = |words: &[&str]| words.iter().position(|known| *known == word).and_then(|at| i16::try_from(at).ok());
    place(WORDS).or_else(|| place(TENS).map(|tens| 20 + 10 * tens))
}
