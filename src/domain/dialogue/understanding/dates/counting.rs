//! Numbers that are no times: they count, name a day or a house, or belong to a longer number.

use super::{
    clock::{self, Spoken},
    numerals::{month, number, ordinal},
    words::{DateWord, text},
};

/// "At five, no, six": the number behind the correction is of the same kind.
pub(super) fn corrects_time(words: &[DateWord], at: usize) -> bool {
    let back = |steps: usize| at.checked_sub(steps).map_or("", |place| text(words, place));
    let is_mark = matches!(back(1), "no" | "sorry" | "actually" | "mean" | "wait");
    is_mark
        && (2..=4)
            .any(|steps| at.checked_sub(steps).is_some_and(|place| words.get(place..).and_then(clock::read).is_some()))
}

/// "Twelve church street" is where, not when.
pub(super) fn names_street(after: &[DateWord]) -> bool {
    const STREETS: &[&str] =
        &["street", "road", "lane", "avenue", "drive", "nagar", "colony", "apartments", "house", "towers", "marg"];
    after.iter().take(3).any(|word| STREETS.contains(&word.text.as_str()))
}

/// A bare time in the midst of other numbers belongs to a number that is given, not to a clock.
pub(super) fn is_in_digits(words: &[DateWord], at: usize, used: usize) -> bool {
    let is_number = |place: usize| {
        let word = text(words, place);
        word.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
            || matches!(word, "double" | "triple" | "hundred" | "thousand" | "lakh" | "zero" | "oh")
            || words.get(place..).and_then(number).is_some()
    };
    is_number(at + used) || at.checked_sub(1).is_some_and(is_number)
}

/// "By 5 December", "before the twenty sixth": the number is a day.
pub(super) fn is_day_number(words: &[DateWord], spoken: &Spoken) -> bool {
    ordinal(words).is_some() || (!spoken.is_clear && month(text(words, spoken.used)).is_some())
}

/// A number that counts something is no time: "after 3 days", "at 12 church street", "6.45 percent".
pub(super) fn is_counted(words: &[DateWord], used: usize) -> bool {
    const COUNTED: &[&str] = &[
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
        "minutes",
        "minute",
        "mins",
        "hours",
        "hour",
        "rupees",
        "rupee",
        "dollars",
        "dollar",
        "pounds",
        "pound",
        "rs",
        "percent",
        "times",
        "people",
        "items",
        "orders",
        "parcels",
        "packages",
        "boxes",
        "pieces",
        "units",
        "students",
        "street",
        "road",
        "floor",
        "lane",
        "avenue",
        "drive",
        "close",
        "cross",
        "main",
        "block",
        "sector",
        "phase",
        "st",
        "nd",
        "rd",
        "th",
        "hundred",
        "thousand",
        "lakh",
        "kilometres",
        "kilometers",
        "km",
        "miles",
        "metres",
        "working",
        "business",
        "attempts",
        "deliveries",
        "of",
        "things",
        "percentage",
        "kilos",
        "kg",
        "grams",
        "litre",
        "litres",
        "inch",
        "points",
        "stars",
        "calls",
        "flats",
        "more",
        "other",
        "point",
        "quarters",
    ];
    COUNTED.contains(&text(words, used))
}
