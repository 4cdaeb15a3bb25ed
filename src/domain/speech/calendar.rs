//! Days, times and delivery windows in words, seen from today.

use jiff::civil::{Date, DateTime, Time};

use super::locale::words::Pattern;
use super::numbers::year;
use super::{Locale, cardinal, ordinal};

/// Within this many days a weekday names one day only.
const NEAR_DAYS: i32 = 6;
/// Beyond this many days the year is said, if it is another one.
const YEAR_DAYS: i32 = 180;

/// A day as people say it: "tomorrow", "Friday the fourteenth", "Friday the fourteenth of March".
pub fn day(locale: Locale, date: Date, today: Date) -> String {
    let words = &locale.words().dates;
    let distance = date.since(today).map_or(i32::MAX, |span| span.get_days());
    match distance {
        -1 => words.yesterday.clone(),
        0 => words.today.clone(),
        1 => words.tomorrow.clone(),
        _ if distance.saturating_abs() <= NEAR_DAYS => named(locale, &words.near, date),
        _ => {
            let said = named(locale, &words.far, date);
            let is_far = YEAR_DAYS < distance.saturating_abs() && date.year() != today.year();
            if !is_far {
                return said;
            }
            words.with_year.fill(&[("date", &said), ("year", &spoken_year(locale, date))])
        }
    }
}

/// A date without its weekday, with its year: "the fourteenth of March, twenty twenty-six".
pub fn full_date(locale: Locale, date: Date) -> String {
    named(locale, &locale.words().dates.full, date)
}

fn named(locale: Locale, pattern: &Pattern, date: Date) -> String {
    let day = date.day().unsigned_abs().into();
    pattern.fill(&[
        ("weekday", weekday(locale, date)),
        ("ordinal", &ordinal(locale, day)),
        ("number", &cardinal(locale, day)),
        ("month", month(locale, date)),
        ("year", &spoken_year(locale, date)),
    ])
}

/// A time of day as people say it: "noon", "half past six in the evening".
pub fn clock_time(locale: Locale, time: Time) -> String {
    let clock = &locale.words().clock;
    match (time.hour(), time.minute()) {
        (12, 0) => clock.noon.clone(),
        (0, 0) => clock.midnight.clone(),
        (hour, _) => in_part(locale, time, part_of_day(locale, hour)),
    }
}

fn in_part(locale: Locale, time: Time, part: &str) -> String {
    locale.words().clock.with_part.fill(&[("time", &bare_time(locale, time)), ("part", part)])
}

/// A delivery window: "tomorrow, between two and six in the afternoon".
///
/// Shape: `from` and `to` in the customer's own time, as is `now`.
pub fn window(locale: Locale, from: DateTime, to: DateTime, now: DateTime) -> String {
    let words = &locale.words().windows;
    let (to_date, is_to_end_of_day) = last_day(to);
    let first = day(locale, from.date(), now.date());
    if from < to && from.date() != to_date {
        let last = day(locale, to_date, now.date());
        if from.time() == Time::midnight() && is_to_end_of_day {
            return words.between_days.fill(&[("first", &first), ("last", &last)]);
        }
        let (start, end) = (clock_time(locale, from.time()), clock_time(locale, to.time()));
        return words.between_moments.fill(&[("first", &first), ("start", &start), ("last", &last), ("end", &end)]);
    }
    words.with_day.fill(&[("day", &first), ("window", &part_window(locale, from, to, now))])
}

/// A window of one day without its day: "between two and six in the afternoon".
///
/// Shape: as for [`window`]; of several days only the hours are said.
pub fn part_window(locale: Locale, from: DateTime, to: DateTime, now: DateTime) -> String {
    let words = &locale.words().windows;
    if to <= from {
        return words.at.fill(&[("time", &clock_time(locale, from.time()))]);
    }
    let is_from_start_of_day = from.time() == Time::midnight();
    let (_, is_to_end_of_day) = last_day(to);
    match (is_from_start_of_day, is_to_end_of_day) {
        (true, true) => words.any_time.clone(),
        (false, true) => words.after.fill(&[("time", &clock_time(locale, from.time()))]),
        (true, false) => words.before.fill(&[("time", &end_time(locale, to.time()))]),
        (false, false) if from <= now && now < to => words.before.fill(&[("time", &end_time(locale, to.time()))]),
        (false, false) => between(locale, from.time(), to.time()),
    }
}

/// The day a window ends on: midnight, and the minute before it, close the day that was.
fn last_day(to: DateTime) -> (Date, bool) {
    let time = to.time();
    if time == Time::midnight() {
        (to.date().yesterday().unwrap_or(to.date()), true)
    } else {
        (to.date(), (time.hour(), time.minute()) == (23, 59))
    }
}

/// "between two and six in the afternoon", "between ten in the morning and two in the afternoon".
fn between(locale: Locale, from: Time, to: Time) -> String {
    let words = &locale.words().windows;
    let part = part_of_day(locale, from.hour());
    if part == end_part(locale, to) && !is_named(from) && !is_named(to) {
        let (start, end) = (bare_time(locale, from), bare_time(locale, to));
        return words.between_in_part.fill(&[("start", &start), ("end", &end), ("part", part)]);
    }
    words.between.fill(&[("start", &clock_time(locale, from)), ("end", &end_time(locale, to))])
}

/// The end of a window takes the name of the part of day it closes: two to six is all afternoon.
fn end_time(locale: Locale, to: Time) -> String {
    if is_named(to) { clock_time(locale, to) } else { in_part(locale, to, end_part(locale, to)) }
}

fn end_part(locale: Locale, to: Time) -> &'static str {
    part_of_day(locale, if to.minute() == 0 { (to.hour() + 23) % 24 } else { to.hour() })
}

fn is_named(time: Time) -> bool {
    time.minute() == 0 && (time.hour() == 0 || time.hour() == 12)
}

/// Before the first part of a day it is still the last.
fn part_of_day(locale: Locale, hour: i8) -> &'static str {
    let parts = &locale.words().clock.parts;
    let part = parts.iter().rfind(|part| part.from_hour <= hour).or(parts.last());
    part.map_or("", |part| part.name.as_str())
}

/// A time on the face of a clock: "six", "half past six", "two twenty".
fn bare_time(locale: Locale, time: Time) -> String {
    let clock = &locale.words().clock;
    let on_face = |hour: i8| (hour + 11) % 12 + 1;
    let hour = on_face(time.hour());
    if let Some(name) = clock.irregular.get(&format!("{hour}:{:02}", time.minute())) {
        return name.clone();
    }
    let pattern = match time.minute() {
        0 => &clock.hour,
        1..=9 => &clock.first_minutes,
        15 => &clock.quarter_past,
        30 => &clock.half_past,
        45 => &clock.quarter_to,
        _ => &clock.minutes,
    };
    let counted = |number: i8| cardinal(locale, number.unsigned_abs().into());
    let next = on_face((time.hour() + 1) % 24);
    pattern.fill(&[("hour", &counted(hour)), ("minute", &counted(time.minute())), ("next", &counted(next))])
}

/// A day as it is written in messages: "Wednesday 25 November".
pub fn written_day(locale: Locale, date: Date) -> String {
    let format = locale.words().written.day.replace("%A", weekday(locale, date)).replace("%B", month(locale, date));
    jiff::fmt::strtime::format(format, date).unwrap_or_default()
}

/// A time of day as it is written in messages: "2:00 PM".
pub fn written_time(locale: Locale, time: Time) -> String {
    jiff::fmt::strtime::format(&locale.words().written.time, time).unwrap_or_default()
}

fn month(locale: Locale, date: Date) -> &'static str {
    &locale.words().dates.months[usize::from(date.month().unsigned_abs()) - 1]
}

fn weekday(locale: Locale, date: Date) -> &'static str {
    &locale.words().dates.weekdays[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())]
}

fn spoken_year(locale: Locale, date: Date) -> String {
    year(locale, date.year().unsigned_abs().into())
}

#[cfg(test)]
mod tests;
