//! Which day is meant.

use jiff::{
    ToSpan,
    civil::{Date, Time, Weekday},
};

use super::words::{DateWord, month, number, ordinal, weekday};

/// A day of the year further away than this is more likely misheard, or past, than meant.
const FAR_DAYS: i32 = 180;
/// "In … days" beyond this is no delivery day.
const COUNT_MAX: i16 = 99;

/// A day that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DayRead {
    pub(super) day: Date,
    pub(super) other: Option<Date>,
    /// The words name a part of the day as well: "tonight".
    pub(super) window: Option<(Time, Time)>,
    pub(super) is_ambiguous: bool,
    pub(super) used: usize,
}

impl DayRead {
    const fn certain(day: Date, used: usize) -> Self {
        Self { day, other: None, window: None, is_ambiguous: false, used }
    }
}

/// Reads a day at the beginning of `words`.
pub(super) fn read(words: &[DateWord], today: Date) -> Option<DayRead> {
    named(words, today)
        .or_else(|| counted(words, today))
        .or_else(|| of_week(words, today))
        .or_else(|| of_month(words, today))
        .or_else(|| written(words, today))
}

/// "Not Monday", "except Friday", "any day but the fifth": the words in front rule the day out.
pub(super) fn is_excluded(before: &[DateWord]) -> bool {
    let mut back = before.iter().rev().map(|word| word.text.as_str()).skip_while(|word| {
        matches!(
            *word,
            "on" | "the" | "this" | "next" | "at" | "home" | "in" | "available" | "there" | "free" | "around"
        )
    });
    match back.next() {
        Some("not" | "except" | "isn't" | "can't" | "won't" | "avoid") => true,
        Some("but") => matches!(back.next(), Some("day" | "anything" | "any" | "days")),
        Some("do" | "make" | "be") => matches!(back.next(), Some("can't" | "cannot" | "not" | "won't" | "don't")),
        Some(_) | None => false,
    }
}

fn says(words: &[DateWord], expected: &[&str]) -> bool {
    expected.len() <= words.len() && expected.iter().zip(words).all(|(expected, word)| *expected == word.text)
}

fn plus_days(day: Date, days: i32) -> Option<Date> {
    day.checked_add(days.days()).ok()
}

fn named(words: &[DateWord], today: Date) -> Option<DayRead> {
    const PHRASES: &[(&[&str], i32)] = &[
        (&["day", "after", "tomorrow"], 2),
        (&["day", "after", "next"], 2),
        (&["overmorrow"], 2),
        (&["day", "before", "yesterday"], -2),
        (&["a", "week", "tomorrow"], 8),
        (&["tomorrow"], 1),
        (&["tmrw"], 1),
        (&["yesterday"], -1),
        (&["today"], 0),
        (&["tonight"], 0),
    ];
    const FEASTS: &[(&[&str], i8, i8)] = &[
        (&["christmas", "eve"], 12, 24),
        (&["christmas"], 12, 25),
        (&["new", "year", "eve"], 12, 31),
        (&["new", "years", "eve"], 12, 31),
        (&["new", "year", "day"], 1, 1),
    ];
    if let Some((phrase, days)) = PHRASES.iter().find(|(phrase, _)| says(words, phrase)) {
        let mut read = DayRead::certain(plus_days(today, *days)?, phrase.len());
        if words[0].text == "tonight" {
            read.window = Some((Time::constant(18, 0, 0, 0), Time::constant(21, 0, 0, 0)));
        }
        return Some(read);
    }
    if let Some((phrase, month, day)) = FEASTS.iter().find(|(phrase, ..)| says(words, phrase)) {
        return month_day(*month, *day, &words[phrase.len()..], phrase.len(), today);
    }
    // "The day after" says after which day only to those who heard the sentence before.
    if says(words, &["day", "after"]) {
        let mut read = DayRead::certain(plus_days(today, 2)?, 2);
        (read.other, read.is_ambiguous) = (plus_days(today, 1), true);
        return Some(read);
    }
    if says(words, &["weekend"]) {
        let saturday = next_weekday(today, Weekday::Saturday, 0)?;
        let mut read = DayRead::certain(saturday, 1);
        (read.other, read.is_ambiguous) = (plus_days(saturday, 1), true);
        return Some(read);
    }
    None
}

/// "In three days", "a week from today", "8 days ago", "a couple of days ago".
fn counted(words: &[DateWord], today: Date) -> Option<DayRead> {
    let lead = usize::from(says(words, &["in"]));
    let (count, taken) = match number(&words[lead..]) {
        Some(read) => read,
        None if says(&words[lead..], &["a", "couple", "of"]) => (2, 3),
        None if says(&words[lead..], &["a"]) => (1, 1),
        None => return None,
    };
    let unit = match words.get(lead + taken)?.text.as_str() {
        "day" | "days" => 1,
        "week" | "weeks" => 7,
        _ => return None,
    };
    if COUNT_MAX < count {
        return None;
    }
    let used = lead + taken + 1;
    let days = i32::from(count) * unit;
    let after = &words[used..];
    if says(after, &["ago"]) {
        return Some(DayRead::certain(plus_days(today, -days)?, used + 1));
    }
    if says(after, &["from", "now"]) || says(after, &["from", "today"]) {
        return Some(DayRead::certain(plus_days(today, days)?, used + 2));
    }
    (lead == 1).then_some(DayRead::certain(plus_days(today, days)?, used))
}

/// A weekday, with what stands around it: "next Friday", "Friday week", "Tuesday the 14th".
fn of_week(words: &[DateWord], today: Date) -> Option<DayRead> {
    let lead = usize::from(matches!(
        words[0].text.as_str(),
        "next" | "this" | "coming" | "last" | "following" | "past" | "previous"
    ));
    let wanted = weekday(&words.get(lead)?.text)?;
    let first = next_weekday(today, wanted, 1)?;
    let after = &words[lead + 1..];
    if says(after, &["week"]) || says(after, &["in", "a", "week"]) {
        let extra = if says(after, &["week"]) { 1 } else { 3 };
        return Some(DayRead::certain(plus_days(first, 7)?, lead + 1 + extra));
    }
    let article = usize::from(says(after, &["the"]));
    if lead == 0
        && let Some((day, taken)) = ordinal(&after[article..])
    {
        return Some(weekday_with_day(wanted, day, first, lead + 1 + article + taken, today));
    }
    let mut read = DayRead::certain(first, lead + 1);
    match words[0].text.as_str() {
        "next" => {
            (read.other, read.is_ambiguous) = (plus_days(first, 7), true);
        }
        "last" | "past" | "previous" => read.day = plus_days(first, -7).filter(|day| *day < today)?,
        "following" => read.is_ambiguous = true,
        _ if wanted == today.weekday() => {
            // Said on that weekday, it may be today or a week ahead.
            (read.other, read.is_ambiguous) = (Some(today), true);
        }
        _ => (),
    }
    if read.day == today {
        read.day = plus_days(today, -7)?;
    }
    Some(read)
}

/// "Tuesday the 2nd": the two must agree within the coming months, else the caller or the recogniser is mistaken.
fn weekday_with_day(wanted: Weekday, day: i8, first: Date, used: usize, today: Date) -> DayRead {
    let agreeing = (0..26).filter_map(|week| plus_days(first, 7 * week)).find(|date| date.day() == day);
    let mut read = DayRead::certain(agreeing.unwrap_or(first), used);
    let is_soon = agreeing.is_some_and(|date| plus_days(today, 45).is_some_and(|limit| date <= limit));
    read.is_ambiguous = !is_soon || wanted != read.day.weekday();
    read
}

/// The first such weekday that lies at least `days_min` days ahead.
fn next_weekday(today: Date, wanted: Weekday, days_min: i32) -> Option<Date> {
    (days_min..days_min + 7).filter_map(|days| plus_days(today, days)).find(|date| date.weekday() == wanted)
}

/// "The fifth", "fifth of December", "December the 5th", "5 Dec 2026".
fn of_month(words: &[DateWord], today: Date) -> Option<DayRead> {
    if let Some(named) = month(&words[0].text) {
        let article = usize::from(words.get(1).is_some_and(|word| matches!(word.text.as_str(), "the" | "on")));
        let rest = words.get(1 + article..)?;
        let (day, taken) = ordinal(rest).or_else(|| day_number(rest))?;
        let used = 1 + article + taken;
        return month_day(named, day, &words[used..], used, today);
    }
    let (day, taken) = match ordinal(words) {
        Some(read) => read,
        None => {
            day_number(words).filter(|(_, taken)| words.get(*taken).is_some_and(|word| month(&word.text).is_some()))?
        }
    };
    let linked = taken + usize::from(words.get(taken).is_some_and(|word| word.text == "of"));
    if let Some(named) = words.get(linked).and_then(|word| month(&word.text)) {
        let used = linked + 1;
        return month_day(named, day, &words[used..], used, today);
    }
    if linked != taken && says(&words[linked..], &["this", "month"]) {
        let date = Date::new(today.year(), today.month(), day).ok()?;
        return Some(DayRead { is_ambiguous: date < today, ..DayRead::certain(date, linked + 2) });
    }
    // "First" and "second" count more often than they name a day.
    if words[0].text.as_bytes()[0].is_ascii_alphabetic() && day <= 3 && taken == 1 {
        return None;
    }
    let is_floor =
        words.get(taken).is_some_and(|word| matches!(word.text.as_str(), "floor" | "time" | "street" | "cross"));
    if is_floor {
        return None;
    }
    next_day_of_month(day, today).map(|date| DayRead::certain(date, taken))
}

fn day_number(words: &[DateWord]) -> Option<(i8, usize)> {
    let (value, taken) = number(words)?;
    let day = i8::try_from(value).ok().filter(|day| (1..=31).contains(day))?;
    Some((day, taken))
}

fn next_day_of_month(day: i8, today: Date) -> Option<Date> {
    let first = today.first_of_month();
    (0..4)
        .filter_map(|months: i32| first.checked_add(months.months()).ok())
        .filter_map(|month| Date::new(month.year(), month.month(), day).ok())
        .find(|date| today <= *date)
}

fn month_day(month: i8, day: i8, after: &[DateWord], used: usize, today: Date) -> Option<DayRead> {
    let year = after.first().filter(|word| word.text.len() == 4).and_then(|word| word.text.parse::<i16>().ok());
    if let Some(year) = year.filter(|year| (2000..2100).contains(year)) {
        return Some(DayRead::certain(Date::new(year, month, day).ok()?, used + 1));
    }
    let date =
        (0..8).filter_map(|years: i16| Date::new(today.year() + years, month, day).ok()).find(|date| today <= *date)?;
    let is_far = plus_days(today, FAR_DAYS).is_none_or(|limit| limit < date);
    Some(DayRead { is_ambiguous: is_far, ..DayRead::certain(date, used) })
}

/// "9/3/2019", "12/04", "2026-11-18". Day and month may stand either way round.
fn written(words: &[DateWord], today: Date) -> Option<DayRead> {
    let text = words[0].text.as_str();
    if let Ok(date) = text.parse::<Date>()
        && text.contains('-')
    {
        return Some(DayRead::certain(date, 1));
    }
    let parts: Vec<i16> = text.split('/').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (a, b, year) = match *parts.as_slice() {
        [a, b] => (a, b, today.year()),
        [a, b, year] => (a, b, if year < 100 { year + 2000 } else { year }),
        _ => return None,
    };
    let date = |month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let (day_first, month_first) = (date(b, a), date(a, b));
    let day = day_first.or(month_first)?;
    let other = month_first.filter(|other| *other != day);
    Some(DayRead { other, is_ambiguous: other.is_some() || day < today, ..DayRead::certain(day, 1) })
}
