//! A day of the month: "the fifth", "fifth of December", "December the 5th", "9/3/2019".

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{
    day::{DayRead, next_weekday, plus_days},
    numerals::{NumeralLists, month, number, ordinal, year},
    words::Heard,
};
use crate::domain::dialogue::understanding::vocabulary::{PhraseMap, Phrases, WordSet};

/// A day of the year further away than this is more likely past, or misheard, than meant.
const FAR_DAYS: i32 = 180;

/// The words of days of the month.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MonthDayLists {
    /// What is counted by an ordinal without being a day.
    counted: WordSet,
    /// The ending of several of these.
    plural: char,
    /// Days that have a name. Shape: month and day.
    feasts: PhraseMap<(i8, i8)>,
    /// What is only named after such a day.
    feast_things: WordSet,
    behind_month: WordSet,
    day: WordSet,
    of: WordSet,
    /// Months that are verbs too.
    modal_months: WordSet,
    next_month: Phrases,
    this_month: Phrases,
    /// In front of "the" they show that a day follows.
    announcing: WordSet,
    in_year: WordSet,
}

/// Reads a day of a month that begins at a place.
pub(super) fn read(words: Heard<'_>, at: usize, today: Date) -> Option<DayRead> {
    let rest = words.from(at)?;
    feast(rest, today)
        .or_else(|| month_first(rest, today))
        .or_else(|| day_first(rest, today))
        .or_else(|| of_relative_month(rest, today))
        .or_else(|| alone(words, at, today))
        .or_else(|| written(rest, None, today).map(|read| DayRead { used: 1, ..read }))
}

/// A day of the month behind its weekday: "Friday the 14th of March", "thursday 29/03". The weekday decides what is open.
pub(super) fn on_weekday(words: Heard<'_>, at: usize, wanted: Weekday, today: Date) -> Option<DayRead> {
    let article = at + words.optional(at, &words.lists.articles);
    let rest = words.from(article)?;
    let found = month_first(rest, today)
        .or_else(|| day_first(rest, today))
        .or_else(|| written(rest, Some(wanted), today).map(|read| DayRead { used: 1, ..read }))?;
    let used = article + found.used;
    let fits = |day: &Date| day.weekday() == wanted;
    Some(match (found.day.filter(fits), found.other.filter(fits)) {
        (Some(day), None) => DayRead { is_ambiguous: false, ..DayRead::certain(day, used) },
        (None, Some(day)) => DayRead::certain(day, used),
        (Some(day), other @ Some(_)) => DayRead::either(day, other, used),
        // The weekday and the date disagree: either may be the mistake.
        (None, None) => DayRead::either(found.day?, next_weekday(today, wanted, 1), used),
    })
}

fn feast(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let lists = &words.lists.month_days;
    let (used, (month, day)) = words.finds(&lists.feasts)?;
    if words.is(used, &lists.feast_things) {
        return None;
    }
    with_year(words, used, month, day, today)
}

/// "December the 5th", "Dec 5 2026".
fn month_first(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let named = month(words, 0)?;
    let article = 1 + words.optional(1, &words.lists.month_days.behind_month);
    let (day, taken) = ordinal(words.from(article)?).or_else(|| day_number(words.rest(article)))?;
    with_year(words, article + taken, named, day, today)
}

/// "The 5th of December", "5 December", "twenty third day of September".
fn day_first(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let lists = &words.lists.month_days;
    let (day, taken) = ordinal(words).or_else(|| day_number(words))?;
    let taken = taken + words.optional(taken, &lists.day);
    let linked = taken + words.optional(taken, &lists.of);
    let named = month(words, linked)?;
    // "One may ask": the month needs an ordinal, a figure or an "of".
    let is_modal = words.is(linked, &lists.modal_months) && linked == taken && ordinal(words).is_none();
    if is_modal && words.text(0).as_bytes()[0].is_ascii_alphabetic() {
        return None;
    }
    with_year(words, linked + 1, named, day, today)
}

/// "The 5th of next month", "15th this month", "the twentieth day of the month".
fn of_relative_month(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let (day, taken) = ordinal(words)?;
    let lists = &words.lists.month_days;
    let taken = taken + words.optional(taken, &lists.day);
    let rest = words.from(taken)?;
    let (months, more) = match rest.begins(&lists.next_month) {
        Some(more) => (1, more),
        None => (0, rest.begins(&lists.this_month)?),
    };
    let month = today.first_of_month().checked_add(i32::from(months == 1).months()).ok()?;
    let date = Date::new(month.year(), month.month(), day).ok()?;
    Some(DayRead { is_ambiguous: date < today, ..DayRead::certain(date, taken + more) })
}

/// "The fifth": the next one. "The first" to "the third" only where a day is announced.
fn alone(words: Heard<'_>, at: usize, today: Date) -> Option<DayRead> {
    let (rest, lists) = (words.rest(at), &words.lists.month_days);
    let is_announced = words.is_back(at, 1, &words.lists.articles) && words.is_back(at, 2, &lists.announcing);
    let figure = || day_number(rest).filter(|_| is_announced && rest.text(0).as_bytes()[0].is_ascii_digit());
    let (day, taken) = ordinal(rest).or_else(figure)?;
    // A month that was said and did not fit leaves no day: the thirty-first of February.
    let has_month = month(rest, taken).is_some() || (rest.is(taken, &lists.of) && month(rest, taken + 1).is_some());
    if counts(rest, taken) || has_month {
        return None;
    }
    let is_word = rest.text(0).as_bytes()[0].is_ascii_alphabetic();
    if is_word && day <= 3 && !is_announced {
        return None;
    }
    let read = next(day, today).map(|date| DayRead::certain(date, taken))?;
    // "On the first available" names no day; what is said behind it decides when it is read back.
    Some(DayRead { is_ambiguous: is_word && day <= 3 && !rest.text(taken).is_empty(), ..read })
}

/// Whether an ordinal in front of this place counts something.
pub(super) fn counts(words: Heard<'_>, at: usize) -> bool {
    let lists = &words.lists.month_days;
    words.is(at, &lists.counted) || lists.counted.has(words.text(at).trim_end_matches(lists.plural))
}

fn day_number(words: Heard<'_>) -> Option<(i8, usize)> {
    let (value, taken) = number(words)?;
    let day = i8::try_from(value).ok().filter(|day| (1..=31).contains(day))?;
    Some((day, taken))
}

/// The next day with this number, today included.
pub(super) fn next(day: i8, today: Date) -> Option<Date> {
    let first = today.first_of_month();
    (0..4)
        .filter_map(|months: i32| first.checked_add(months.months()).ok())
        .filter_map(|month| Date::new(month.year(), month.month(), day).ok())
        .find(|date| today <= *date)
}

fn with_year(words: Heard<'_>, at: usize, month: i8, day: i8, today: Date) -> Option<DayRead> {
    let joint = at + words.optional(at, &words.lists.month_days.in_year);
    if let Some((year, taken)) = year(words.from(joint)?) {
        return Some(DayRead::certain(Date::new(year, month, day).ok()?, joint + taken));
    }
    // "Of 87": a year without its century.
    if let Some((year @ 32..100, taken)) = number(words.from(joint)?).filter(|_| at < joint) {
        return Some(DayRead::certain(Date::new(1900 + year, month, day).ok()?, joint + taken));
    }
    nearest(month, day, today).map(|read| DayRead { used: at, ..read })
}

/// The coming such day; if that is far, the past one is as likely.
fn nearest(month: i8, day: i8, today: Date) -> Option<DayRead> {
    let year = today.year();
    let coming =
        (0..8).filter_map(|years: i16| Date::new(year + years, month, day).ok()).find(|date| today <= *date)?;
    if plus_days(today, FAR_DAYS).is_none_or(|limit| coming <= limit) {
        return Some(DayRead::certain(coming, 0));
    }
    let past = (0..8).filter_map(|years: i16| Date::new(year - years, month, day).ok()).find(|date| *date < today);
    let days = |date: Date| date.since(today).map_or(i32::MAX, |span| span.get_days().abs());
    Some(match past.filter(|past| days(*past) < days(coming)) {
        Some(past) => DayRead::either(past, Some(coming), 0),
        None => DayRead::either(coming, past, 0),
    })
}

/// "9/3/2019", "12/04", "2026/11/18", "23/aug/2026". Day and month may stand either way round; a weekday decides.
fn written(words: Heard<'_>, weekday: Option<Weekday>, today: Date) -> Option<DayRead> {
    let parts: Vec<&str> = words.text(0).split('/').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let month = |part: &str| NumeralLists::month(&words.lists.numerals, part);
    let value = |part: &&str| part.parse::<i16>().ok().filter(|value| 0 < *value);
    if let Some(at) = parts.iter().position(|part| month(part).is_some()) {
        let numbers: Vec<i16> = parts.iter().filter_map(value).collect();
        let (named, day) = (month(parts[at])?, numbers.iter().copied().find(|value| *value <= 31)?);
        let day = i8::try_from(day).ok()?;
        return match numbers.iter().find(|value| 1900 < **value) {
            Some(year) => Some(DayRead::certain(Date::new(*year, named, day).ok()?, 1)),
            None => (parts.len() == 2).then(|| nearest(named, day, today)).flatten(),
        };
    }
    let date =
        |year: i16, month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let numbers: Vec<i16> = parts.iter().map(value).collect::<Option<_>>()?;
    let (a, b, year) = match *numbers.as_slice() {
        [year, month, day] if 1900 < year => return date(year, month, day).map(|day| DayRead::certain(day, 1)),
        [a, b] => (a, b, None),
        [a, b, year] => (a, b, Some(if year < 100 { year + 2000 } else { year })),
        _ => return None,
    };
    let on = |month: i16, day: i16| match year {
        Some(year) => date(year, month, day),
        None => nearest(i8::try_from(month).ok()?, i8::try_from(day).ok()?, today)?.day,
    };
    either_way(on(b, a), on(a, b), weekday, today)
}

fn either_way(
    day_first: Option<Date>,
    month_first: Option<Date>,
    weekday: Option<Weekday>,
    today: Date,
) -> Option<DayRead> {
    let fits = |day: &Date| weekday.is_none_or(|weekday| day.weekday() == weekday);
    let (day, other) = match (day_first.filter(fits), month_first.filter(fits)) {
        (None, None) => (day_first.or(month_first)?, day_first.and(month_first)),
        (day_first, month_first) => (day_first.or(month_first)?, day_first.and(month_first)),
    };
    let other = other.filter(|other| *other != day);
    Some(DayRead { other, is_ambiguous: other.is_some() || day < today, ..DayRead::certain(day, 1) })
}
