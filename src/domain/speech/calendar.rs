//! Days, times and delivery windows in words, seen from today.

use jiff::civil::{Date, DateTime, Time, Weekday};

use super::numbers::year;
use super::{Locale, cardinal, ordinal};

/// Within this many days a weekday names one day only.
const NEAR_DAYS: i32 = 6;
/// Beyond this many days the year is said, if it is another one.
const YEAR_DAYS: i32 = 180;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day as people say it: "tomorrow", "Friday the fourteenth", "Friday the fourteenth of March".
pub fn day(locale: Locale, date: Date, today: Date) -> String {
    let distance = date.since(today).map_or(i32::MAX, |span| span.get_days());
    match distance {
        -1 => "yesterday".to_owned(),
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        _ if distance.saturating_abs() <= NEAR_DAYS => {
            format!("{} the {}", weekday(date.weekday()), day_of_month(locale, date))
        }
        _ => {
            let named = match locale {
                Locale::EnIn | Locale::EnGb => {
                    format!("{} the {} of {}", weekday(date.weekday()), day_of_month(locale, date), month(date))
                }
                Locale::EnUs => format!("{}, {} {}", weekday(date.weekday()), month(date), day_of_month(locale, date)),
            };
            let is_far = YEAR_DAYS < distance.saturating_abs() && date.year() != today.year();
            if is_far { format!("{named}, {}", spoken_year(locale, date)) } else { named }
        }
    }
}

/// A date without its weekday, with its year: "the fourteenth of March, twenty twenty-six".
pub fn full_date(locale: Locale, date: Date) -> String {
    let (day, month, year) = (day_of_month(locale, date), month(date), spoken_year(locale, date));
    match locale {
        Locale::EnIn | Locale::EnGb => format!("the {day} of {month}, {year}"),
        Locale::EnUs => format!("{month} {day}, {year}"),
    }
}

/// A time of day as people say it: "noon", "half past six in the evening".
pub fn clock_time(locale: Locale, time: Time) -> String {
    match (time.hour(), time.minute()) {
        (12, 0) => "noon".to_owned(),
        (0, 0) => "midnight".to_owned(),
        (hour, _) => format!("{} {}", bare_time(locale, time), part_of_day(hour)),
    }
}

/// A delivery window: "tomorrow, between two and six in the afternoon".
///
/// Shape: `from` and `to` in the customer's own time, as is `now`.
pub fn window(locale: Locale, from: DateTime, to: DateTime, now: DateTime) -> String {
    let (to_date, is_to_end_of_day) = last_day(to);
    let first = day(locale, from.date(), now.date());
    let is_from_start_of_day = from.time() == Time::midnight();
    if to <= from {
        return format!("{first}, at {}", clock_time(locale, from.time()));
    }
    if from.date() != to_date {
        let last = day(locale, to_date, now.date());
        return if is_from_start_of_day && is_to_end_of_day {
            format!("between {first} and {last}")
        } else {
            let (start, end) = (clock_time(locale, from.time()), clock_time(locale, to.time()));
            format!("between {first} at {start} and {last} at {end}")
        };
    }
    match (is_from_start_of_day, is_to_end_of_day) {
        (true, true) => format!("{first}, at any time of the day"),
        (false, true) => format!("{first}, after {}", clock_time(locale, from.time())),
        (true, false) => format!("{first}, before {}", end_time(locale, to.time())),
        (false, false) if from <= now && now < to => format!("{first}, before {}", end_time(locale, to.time())),
        (false, false) => format!("{first}, between {}", hours(locale, from.time(), to.time())),
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

/// "two and six in the afternoon", "ten in the morning and two in the afternoon".
fn hours(locale: Locale, from: Time, to: Time) -> String {
    let end = end_time(locale, to);
    let is_shared = part_of_day(from.hour()) == end_part(to) && !is_named(from) && !is_named(to);
    let start = if is_shared { bare_time(locale, from) } else { clock_time(locale, from) };
    format!("{start} and {end}")
}

/// The end of a window takes the name of the part of day it closes: two to six is all afternoon.
fn end_time(locale: Locale, to: Time) -> String {
    if is_named(to) { clock_time(locale, to) } else { format!("{} {}", bare_time(locale, to), end_part(to)) }
}

fn end_part(to: Time) -> &'static str {
    if to.minute() == 0 { part_of_day((to.hour() + 23) % 24) } else { part_of_day(to.hour()) }
}

fn is_named(time: Time) -> bool {
    time.minute() == 0 && (time.hour() == 0 || time.hour() == 12)
}

fn part_of_day(hour: i8) -> &'static str {
    match hour {
        4..=11 => "in the morning",
        12..=17 => "in the afternoon",
        18..=20 => "in the evening",
        _ => "at night",
    }
}

/// A time on the face of a clock: "six", "half past six", "two twenty".
fn bare_time(locale: Locale, time: Time) -> String {
    let on_face = |hour: i8| cardinal(locale, ((hour + 11) % 12 + 1).unsigned_abs().into());
    let hour = on_face(time.hour());
    let is_american = locale == Locale::EnUs;
    match time.minute() {
        0 => hour,
        15 if !is_american => format!("quarter past {hour}"),
        30 if !is_american => format!("half past {hour}"),
        45 if !is_american => format!("quarter to {}", on_face((time.hour() + 1) % 24)),
        minute @ 1..=9 => format!("{hour} oh {}", cardinal(locale, minute.unsigned_abs().into())),
        minute => format!("{hour} {}", cardinal(locale, minute.unsigned_abs().into())),
    }
}

fn day_of_month(locale: Locale, date: Date) -> String {
    ordinal(locale, date.day().unsigned_abs().into())
}

fn month(date: Date) -> &'static str {
    MONTHS[usize::from(date.month().unsigned_abs()) - 1]
}

fn spoken_year(locale: Locale, date: Date) -> String {
    year(locale, date.year().unsigned_abs().into())
}

fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests;
