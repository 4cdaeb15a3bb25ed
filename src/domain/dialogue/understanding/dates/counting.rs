//! Numbers that are no times: they count, name a day or a house, or belong to a longer number.

use super::{
    clock::{self, Spoken},
    numerals::{month, number, ordinal},
    words::Heard,
};
use crate::domain::dialogue::understanding::vocabulary::WordSet;

/// Words that show what a number counts.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountingLists {
    /// In front of what is said again in another way.
    corrections: WordSet,
    streets: WordSet,
    /// Words of numbers that no time has.
    of_numbers: WordSet,
    counted: WordSet,
}

/// "At five, no, six": the number behind the correction is of the same kind.
pub(super) fn corrects_time(words: Heard<'_>, at: usize) -> bool {
    let is_time = |place: usize| words.from(place).and_then(clock::read).is_some();
    words.is_back(at, 1, &words.lists.counting.corrections)
        && (2..=4).any(|steps| at.checked_sub(steps).is_some_and(is_time))
}

/// "Twelve church street" is where, not when.
pub(super) fn names_street(after: Heard<'_>) -> bool {
    after.iter().take(3).any(|word| after.lists.counting.streets.has(&word.text))
}

/// A bare time in the midst of other numbers belongs to a number that is given, not to a clock.
pub(super) fn is_in_digits(words: Heard<'_>, at: usize, used: usize) -> bool {
    let is_number = |place: usize| {
        words.text(place).bytes().next().is_some_and(|byte| byte.is_ascii_digit())
            || words.is(place, &words.lists.counting.of_numbers)
            || words.from(place).and_then(number).is_some()
    };
    is_number(at + used) || at.checked_sub(1).is_some_and(is_number)
}

/// "By 5 December", "before the twenty sixth": the number is a day.
pub(super) fn is_day_number(words: Heard<'_>, spoken: &Spoken) -> bool {
    ordinal(words).is_some() || (!spoken.is_clear && month(words, spoken.used).is_some())
}

/// A number that counts something is no time: "after 3 days", "at 12 church street", "6.45 percent".
pub(super) fn is_counted(words: Heard<'_>, used: usize) -> bool {
    words.is(used, &words.lists.counting.counted)
}
