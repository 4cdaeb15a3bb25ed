//! A day of the month: "the fifth", "fifth of December", "December the 5th", "9/3/2019".

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{
    day::{DayRead, next_weekday, plus_days},
    numerals::{month, number, ordinal, year},
    words::{DateWord, optional, says, says_any, text},
};

/// A day of the year further away than this is more likely past, or misheard, than meant.
const FAR_DAYS: i32 = 180;
/// What is counted by an ordinal without being a day.
const COUNTED: &[&str] = &[
    "floor", "time", "street", "cross", "main", "road", "avenue", "attempt", "order", "item", "delivery", "parcel",
    "one", "block", "lane", "stage", "phase", "sector", "gate", "house", "door", "flat", "building", "person", "call",
    "half", "round", "week", "month", "package", "class", "thing", "number", "option", "try", "quarter", "century",
    "decade", "day",
];

/// Reads a day of a month that begins at a place.
pub(super) fn read(words: &[DateWord], at: usize, today: Date) -> Option<DayRead> {
    let rest = words.get(at..)?;
    feast(rest, today)
        .or_else(|| month_first(rest, today))
        .or_else(|| day_first(rest, today))
        .or_else(|| of_relative_month(rest, today))
        .or_else(|| alone(words, at, today))
        .or_else(|| written(text(rest, 0), None, today).map(|read| DayRead { used: 1, ..read }))
}

/// A day of the month behind its weekday: "Friday the 14th of March", "thursday 29/03". The weekday decides what is open.
pub(super) fn on_weekday(words: &[DateWord], at: usize, wanted: Weekday, today: Date) -> Option<DayRead> {
    let article = at + optional(words, at, &["the"]);
    let rest = words.get(article..)?;
    let found = month_first(rest, today)
        .or_else(|| day_first(rest, today))
        .or_else(|| written(text(rest, 0), Some(wanted), today).map(|read| DayRead { used: 1, ..read }))?;
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

fn feast(words: &[DateWord], today: Date) -> Option<DayRead> {
    const FEASTS: &[(&str, i8, i8)] = &[
        ("christmas eve", 12, 24),
        ("christmas day", 12, 25),
        ("christmas", 12, 25),
        ("boxing day", 12, 26),
        ("new year eve", 12, 31),
        ("new years eve", 12, 31),
        ("new year day", 1, 1),
        ("new years day", 1, 1),
    ];
    const ITS_THINGS: &[&str] =
        &["present", "presents", "gift", "gifts", "shopping", "order", "tree", "card", "sale", "party"];
    let (used, month, day) =
        FEASTS.iter().find_map(|(phrase, month, day)| says(words, phrase).map(|used| (used, *month, *day)))?;
    if ITS_THINGS.contains(&text(words, used)) {
        return None;
    }
    with_year(words, used, month, day, today)
}

/// "December the 5th", "Dec 5 2026".
fn month_first(words: &[DateWord], today: Date) -> Option<DayRead> {
    let named = month(text(words, 0))?;
    let article = 1 + optional(words, 1, &["the", "on"]);
    let (day, taken) = ordinal(words.get(article..)?).or_else(|| day_number(&words[article..]))?;
    with_year(words, article + taken, named, day, today)
}

/// "The 5th of December", "5 December", "twenty third day of September".
fn day_first(words: &[DateWord], today: Date) -> Option<DayRead> {
    let (day, taken) = ordinal(words).or_else(|| day_number(words))?;
    let taken = taken + optional(words, taken, &["day"]);
    let linked = taken + optional(words, taken, &["of"]);
    let named = month(text(words, linked))?;
    // "One may ask": the month needs an ordinal, a figure or an "of".
    let is_modal = text(words, linked) == "may" && linked == taken && ordinal(words).is_none();
    if is_modal && text(words, 0).as_bytes()[0].is_ascii_alphabetic() {
        return None;
    }
    with_year(words, linked + 1, named, day, today)
}

/// "The 5th of next month", "15th this month", "the twentieth day of the month".
fn of_relative_month(words: &[DateWord], today: Date) -> Option<DayRead> {
    let (day, taken) = ordinal(words)?;
    let taken = taken + optional(words, taken, &["day"]);
    let rest = words.get(taken..)?;
    let (months, more) = if let Some(more) = says_any(rest, &["of next month", "next month", "of the next month"]) {
        (1, more)
    } else {
        (0, says_any(rest, &["of this month", "of the month", "this month"])?)
    };
    let month = today.first_of_month().checked_add(i32::from(months == 1).months()).ok()?;
    let date = Date::new(month.year(), month.month(), day).ok()?;
    Some(DayRead { is_ambiguous: date < today, ..DayRead::certain(date, taken + more) })
}

/// "The fifth": the next one. "The first" to "the third" only where a day is announced.
fn alone(words: &[DateWord], at: usize, today: Date) -> Option<DayRead> {
    const ANNOUNCES: &[&str] = &["on", "by", "before", "until", "till", "after", "from", "for", "than"];
    let rest = &words[at..];
    let back = |steps: usize| at.checked_sub(steps).map_or("", |place| text(words, place));
    let is_announced = back(1) == "the" && ANNOUNCES.contains(&back(2));
    let figure = || day_number(rest).filter(|_| is_announced && text(rest, 0).as_bytes()[0].is_ascii_digit());
    let (day, taken) = ordinal(rest).or_else(figure)?;
    let follows = text(rest, taken);
    // A month that was said and did not fit leaves no day: the thirty-first of February.
    let has_month = month(follows).is_some() || (follows == "of" && month(text(rest, taken + 1)).is_some());
    if counts(follows) || has_month {
        return None;
    }
    let is_word = text(rest, 0).as_bytes()[0].is_ascii_alphabetic();
    if is_word && day <= 3 && !is_announced {
        return None;
    }
    let read = next(day, today).map(|date| DayRead::certain(date, taken))?;
    // "On the first available" names no day; what is said behind it decides when it is read back.
    Some(DayRead { is_ambiguous: is_word && day <= 3 && !follows.is_empty(), ..read })
}

/// Whether an ordinal in front of this word counts something.
pub(super) fn counts(word: &str) -> bool {
    COUNTED.contains(&word) || COUNTED.contains(&word.trim_end_matches('s'))
}

fn day_number(words: &[DateWord]) -> Option<(i8, usize)> {
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

fn with_year(words: &[DateWord], at: usize, month: i8, day: i8, today: Date) -> Option<DayRead> {
    let joint = at + optional(words, at, &["of", "in"]);
    if let Some((year, taken)) = year(words.get(joint..)?) {
        return Some(DayRead::certain(Date::new(year, month, day).ok()?, joint + taken));
    }
    // "Of 87": a year without its century.
    if let Some((year @ 32..100, taken)) = number(words.get(joint..)?).filter(|_| at < joint) {
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
fn written(text: &str, weekday: Option<Weekday>, today: Date) -> Option<DayRead> {
    let parts: Vec<&str> = text.split('/').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
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
