//! The words of dates: weekdays, months, ordinals, numbers, and times written in digits.

use jiff::civil::Weekday;

/// Words beyond this many are not looked at.
const WORDS_MAX: usize = 160;

/// One plain word and the heard word it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DateWord {
    pub(super) text: String,
    pub(super) word: u16,
}

impl DateWord {
    /// Cheap to ask of every word: without a single hint there is nothing to read.
    pub(super) fn hints_at_date(&self) -> bool {
        const HINTS: &[&str] = &[
            "today",
            "tonight",
            "tomorrow",
            "tmrw",
            "yesterday",
            "day",
            "days",
            "weekend",
            "week",
            "weeks",
            "noon",
            "midday",
            "midnight",
            "morning",
            "afternoon",
            "evening",
            "night",
            "lunch",
            "lunchtime",
            "christmas",
            "year",
        ];
        let text = self.text.as_str();
        HINTS.contains(&text)
            || text.as_bytes()[0].is_ascii_digit()
            || weekday(text).is_some()
            || month(text).is_some()
            || small_number(text).is_some()
            || ordinal_word(text).is_some()
    }
}

/// Cuts speech into plain words: "8pm" is two, "p.m." is "pm", "3-8" is "3 to 8", "6.45" is "6:45".
pub(super) fn read(text: &str) -> Vec<DateWord> {
    let mut words = Vec::new();
    for (index, heard) in text.split_whitespace().take(WORDS_MAX).enumerate() {
        let word = u16::try_from(index).unwrap_or(u16::MAX);
        let lower = heard.to_lowercase().replace('’', "'");
        let trimmed = lower.trim_matches(|c: char| !c.is_alphanumeric());
        let without_dots = trimmed.replace('.', "");
        let plain = if matches!(without_dots.as_str(), "am" | "pm") { without_dots.as_str() } else { trimmed };
        push_parts(plain, word, &mut words);
    }
    words
}

fn push_parts(plain: &str, word: u16, words: &mut Vec<DateWord>) {
    let mut push = |text: String| {
        if !text.is_empty() {
            words.push(DateWord { text, word });
        }
    };
    let dashes = plain.matches('-').count();
    let starts_with_digit = plain.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    if starts_with_digit && dashes == 1 {
        let (from, to) = plain.split_once('-').unwrap_or((plain, ""));
        push(from.to_owned());
        push("to".to_owned());
        split_unit(to, &mut push);
    } else if starts_with_digit && dashes == 2 {
        push(plain.to_owned());
    } else if starts_with_digit {
        split_unit(plain, &mut push);
    } else {
        plain.split(['-', '/', '.']).for_each(|part| push(part.trim_end_matches("'s").to_owned()));
    }
}

fn split_unit(plain: &str, push: &mut impl FnMut(String)) {
    let undotted = plain.replace("a.m", "am").replace("p.m", "pm");
    for unit in ["am", "pm"] {
        if let Some(number) = undotted.strip_suffix(unit) {
            push(number.replace('.', ":"));
            push(unit.to_owned());
            return;
        }
    }
    let is_time = undotted.split_once('.').is_some_and(|(_, minutes)| minutes.len() == 2);
    push(if is_time { undotted.replace('.', ":") } else { undotted });
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word.strip_suffix('s').filter(|stem| stem.ends_with("day")).unwrap_or(word) {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" | "weds" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
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

/// Reads a whole number up to 99, in words or digits. Shape: the number and how many words it takes.
pub(super) fn number(words: &[DateWord]) -> Option<(i16, usize)> {
    let first = words.first()?.text.as_str();
    if !first.is_empty() && first.len() <= 4 && first.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((first.parse().ok()?, 1));
    }
    let value = small_number(first)?;
    let unit = words.get(1).and_then(|next| small_number(&next.text)).filter(|unit| (1..10).contains(unit));
    match unit {
        Some(unit) if 20 <= value && value % 10 == 0 => Some((value + unit, 2)),
        Some(_) | None => Some((value, 1)),
    }
}

/// Reads "5th", "fifth", "twenty third". Shape: 1 to 31 and how many words it takes.
pub(super) fn ordinal(words: &[DateWord]) -> Option<(i8, usize)> {
    let first = words.first()?.text.as_str();
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
    let day = tens + ordinal_word(&words.get(1)?.text).filter(|unit| *unit < 10)?;
    (day <= 31).then_some((day, 2))
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
    const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty"];
    let place = |words: &[&str]| words.iter().position(|known| *known == word).and_then(|at| i16::try_from(at).ok());
    place(WORDS).or_else(|| place(TENS).map(|tens| 20 + 10 * tens))
}
