//! Weekdays, months, numbers, ordinals and years among the words of a date.

use jiff::civil::Weekday;

use super::words::Heard;
use crate::domain::dialogue::understanding::vocabulary::{PhraseMap, Phrases, Vocabulary, WordSet, WordSets};

/// The names of days and months, and what stands around numbers.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumeralLists {
    /// Order: Monday first; of each the full name first.
    weekdays: WordSets<7>,
    /// In general: "Mondays".
    weekdays_in_general: WordSets<7>,
    /// Other words too: they count only where a day is announced.
    weekdays_short: WordSets<7>,
    months: WordSets<12>,
    ordinals: PhraseMap<i8>,
    /// What makes an ordinal of a figure.
    ordinal_endings: WordSet,
    two_thousand: Phrases,
}

/// A weekday by name. Shape: the day, and whether it was named in the plural ("Mondays").
pub(super) fn weekday(words: Heard<'_>, at: usize) -> Option<(Weekday, bool)> {
    let lists = &words.lists.numerals;
    let named = weekday_of(&lists.weekdays, words.text(at)).map(|day| (day, false));
    named.or_else(|| weekday_of(&lists.weekdays_in_general, words.text(at)).map(|day| (day, true)))
}

/// A weekday in a short form that may be another word.
pub(super) fn short_weekday(words: Heard<'_>, at: usize) -> Option<Weekday> {
    weekday_of(&words.lists.numerals.weekdays_short, words.text(at))
}

fn weekday_of(names: &WordSets<7>, word: &str) -> Option<Weekday> {
    let place = names.position(word)?;
    Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok()
}

impl Vocabulary {
    /// Whether the weekday stands in what was said, by its full name.
    ///
    /// Shape: `text` in lower case.
    pub fn names_weekday(&self, text: &str, weekday: Weekday) -> bool {
        let place = usize::try_from(weekday.to_monday_zero_offset()).ok();
        let names = place.and_then(|place| self.dates.numerals.weekdays.get(place));
        names.and_then(|names| names.iter().next()).is_some_and(|name| text.contains(name))
    }
}

impl NumeralLists {
    /// Shape: 1 to 12.
    pub(super) fn month(&self, word: &str) -> Option<i8> {
        let place = self.months.position(word)?;
        i8::try_from(place + 1).ok()
    }
}

/// The month at a place. Shape: 1 to 12.
pub(super) fn month(words: Heard<'_>, at: usize) -> Option<i8> {
    words.lists.numerals.month(words.text(at))
}

/// Reads a whole number up to 99 in words, or up to four digits. Shape: the number and how many words it takes.
pub(super) fn number(words: Heard<'_>) -> Option<(i16, usize)> {
    let first = words.text(0);
    if !first.is_empty() && first.len() <= 4 && first.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((first.parse().ok()?, 1));
    }
    let value = words.numbers.plain(first)?;
    let unit = words.numbers.plain(words.text(1)).filter(|unit| (1..10).contains(unit));
    match unit {
        Some(unit) if 20 <= value => Some((value + unit, 2)),
        Some(_) | None => Some((value, 1)),
    }
}

/// Reads "5th", "fifth", "twenty third". Shape: 1 to 31 and how many words it takes.
pub(super) fn ordinal(words: Heard<'_>) -> Option<(i8, usize)> {
    let lists = &words.lists.numerals;
    let first = words.text(0);
    for ending in lists.ordinal_endings.iter() {
        if let Some(day) = first.strip_suffix(ending).and_then(|digits| digits.parse::<i8>().ok()) {
            return (1..=31).contains(&day).then_some((day, 1));
        }
    }
    if let Some(day) = lists.ordinals.get(first) {
        return Some((*day, 1));
    }
    let tens = words.numbers.plain(first).filter(|tens| matches!(tens, 20 | 30))?;
    let unit = lists.ordinals.get(words.text(1)).filter(|unit| **unit < 10)?;
    let day = i8::try_from(tens).ok()? + unit;
    (day <= 31).then_some((day, 2))
}

/// Reads "2026", "twenty twenty six", "two thousand and twenty six". Shape: the year and how many words it takes.
pub(super) fn year(words: Heard<'_>) -> Option<(i16, usize)> {
    let first = words.text(0);
    if first.len() == 4 && first.bytes().all(|byte| byte.is_ascii_digit()) {
        return first.parse().ok().filter(|year| (1900..2100).contains(year)).map(|year| (year, 1));
    }
    if let Some(taken) = words.begins(&words.lists.numerals.two_thousand) {
        let joint = taken + words.optional(taken, &words.numbers.and);
        return Some(number(words.rest(joint)).map_or((2000, taken), |(rest, more)| (2000 + rest, joint + more)));
    }
    let century = words.numbers.plain(first).filter(|century| matches!(century, 19 | 20))?;
    let (rest, taken) = number(words.from(1)?)?;
    (10..100).contains(&rest).then_some((100 * century + rest, 1 + taken))
}
