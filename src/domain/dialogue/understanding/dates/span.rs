//! Ranges of days: "Monday to Wednesday", "the weekend", "next week", "the next three days", "weekdays".

use jiff::civil::{Date, Weekday};

use super::{
    WeekdaySet,
    day::{DayRead, monday_of, next_weekday, plus_days, single, week},
    numerals::{month, number, ordinal, weekday},
    words::Heard,
};
use crate::domain::dialogue::understanding::vocabulary::{Phrases, WordSet};

/// A range longer than this was misheard.
const RANGE_DAYS_MAX: i32 = 62;

/// The words of ranges of days.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RangeLists {
    /// Monday to Friday in general.
    working_days: WordSet,
    /// Saturdays and Sundays in general.
    weekends: WordSet,
    weekend: WordSet,
    weekend_leads: WordSet,
    next: WordSet,
    last: WordSet,
    after_next: Phrases,
    midweek: WordSet,
    week: WordSet,
    end_of: Phrases,
    start_of: Phrases,
    middle_of: Phrases,
    /// Of the ends that which begins tomorrow.
    later: WordSet,
    end_of_month: Phrases,
    coming: WordSet,
    couple: Phrases,
    /// As many as three.
    few: WordSet,
    days: WordSet,
    /// Between two days of one month.
    day_joints: WordSet,
    and: WordSet,
    of: WordSet,
    between: WordSet,
    /// What stands between two days of a range, and behind "between".
    joints: WordSet,
    joints_of_between: WordSet,
    /// What makes a number the hour.
    behind_hour: WordSet,
}

/// Reads a range of days, or a set of weekdays, that begins at a place.
pub(super) fn read(words: Heard<'_>, at: usize, today: Date) -> Option<DayRead> {
    let rest = words.from(at)?;
    weekday_set(rest, today)
        .or_else(|| weekend(rest, today))
        .or_else(|| part_of_week(rest, today))
        .or_else(|| end_of_month(rest, today))
        .or_else(|| coming_days(rest, today))
        .or_else(|| shared_month(rest, today))
        .or_else(|| from_to(words, at, today))
}

fn weekday_set(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let lists = &words.lists.ranges;
    let weekdays = if words.is(0, &lists.working_days) {
        WeekdaySet::WORKING
    } else if words.is(0, &lists.weekends) {
        WeekdaySet::of(&[Weekday::Saturday, Weekday::Sunday])
    } else {
        return None;
    };
    let day = (1..=7).filter_map(|days| plus_days(today, days)).find(|day| weekdays.contains(day.weekday()));
    Some(DayRead { day, weekdays, is_ambiguous: true, used: 1, ..DayRead::default() })
}

/// A weekend is two days: which of them is open.
fn weekend(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let lists = &words.lists.ranges;
    let (is_next, is_last) = (words.is(0, &lists.next), words.is(0, &lists.last));
    let lead = words.optional(0, &lists.weekend_leads);
    if !words.is(lead, &lists.weekend) {
        return None;
    }
    let coming = next_weekday(today, Weekday::Saturday, 0)?;
    let saturday = if is_last { plus_days(coming, -7)? } else { coming };
    let after_next = words.from(lead + 1)?.begins(&lists.after_next);
    let used = lead + 1 + after_next.unwrap_or(0);
    let (first, other) = if is_next || after_next.is_some() {
        (saturday, plus_days(saturday, 7))
    } else {
        (saturday, plus_days(saturday, 1))
    };
    let last = plus_days(other.filter(|_| is_next || after_next.is_some()).unwrap_or(first), 1);
    Some(DayRead { last, ..DayRead::either(first, other, used) })
}

/// "Next week", "end of the week", "early next week", "later this week", "the week of the 14th".
fn part_of_week(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let lists = &words.lists.ranges;
    if words.is(0, &lists.midweek) {
        return thursday_or_before(today, 0, 1);
    }
    let lead_of = |leads: &Phrases| words.begins(leads).unwrap_or(0);
    let (end, start, middle) = (lead_of(&lists.end_of), lead_of(&lists.start_of), lead_of(&lists.middle_of));
    let lead = end.max(start).max(middle);
    let (weeks, taken) = match week(words.from(lead)?) {
        Some(read) => read,
        // "The week" by itself is a span of time; with its end or start it is this one.
        None if 0 < lead && words.is(lead, &lists.week) => (0, 1),
        None => return None,
    };
    let used = lead + taken;
    let monday = monday_of(today, weeks)?;
    if 0 < end {
        let friday = plus_days(monday, 4)?;
        let is_later = words.is(0, &lists.later);
        let first = if is_later { plus_days(today, 1)?.max(monday) } else { friday };
        return Some(DayRead { last: plus_days(monday, 6), ..DayRead::either(first, plus_days(first, 1), used) });
    }
    if 0 < start {
        return Some(DayRead { last: plus_days(monday, 1), ..DayRead::either(monday, plus_days(monday, 1), used) });
    }
    if 0 < middle {
        return thursday_or_before(today, weeks, used);
    }
    // A past week is named for what happened in it, which is no day.
    if weeks < 0 {
        return None;
    }
    let first = if weeks == 0 { today } else { monday };
    Some(DayRead { last: plus_days(monday, 6), is_ambiguous: true, ..DayRead::certain(first, used) })
}

fn thursday_or_before(today: Date, weeks: i32, used: usize) -> Option<DayRead> {
    let wednesday = plus_days(monday_of(today, weeks)?, 2)?;
    Some(DayRead::either(wednesday, plus_days(wednesday, 1), used))
}

fn end_of_month(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let used = words.begins(&words.lists.ranges.end_of_month)?;
    let last = today.last_of_month();
    Some(DayRead::either(last, plus_days(last, -1), used))
}

/// "The next three days", "2 next days", "next couple of days".
fn coming_days(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let lists = &words.lists.ranges;
    let lead = words.optional(0, &lists.coming);
    let counted = words.from(lead)?;
    let is_few = counted.is(0, &lists.few);
    let (count, taken) = number(counted)
        .or_else(|| counted.begins(&lists.couple).map(|taken| (2, taken)))
        .or_else(|| is_few.then_some((3, 1)))?;
    let behind = lead + taken + if lead == 0 { words.optional(taken, &lists.coming) } else { 0 };
    if (lead == 0 && behind == taken) || !words.is(behind, &lists.days) || 31 < count {
        return None;
    }
    let first = plus_days(today, 1)?;
    let last = plus_days(today, count.into());
    Some(DayRead { last, is_ambiguous: is_few, ..DayRead::certain(first, behind + 1) })
}

/// "5th to 8th of December", "9 to 12 June", "ninth till seventeenth of april": the month stands once, behind both.
fn shared_month(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let (first, taken) = day_of_month(words)?;
    let lists = &words.lists.ranges;
    let joint = taken + words.optional(taken, &lists.day_joints);
    let article = joint + words.optional(joint, &words.lists.articles);
    let (last, more) = day_of_month(words.from(article)?)?;
    let of = article + more + words.optional(article + more, &lists.of);
    let is_or = joint == taken;
    if is_or || last <= first || month(words, of).is_none() {
        return None;
    }
    let end = single(words, article, today)?;
    let day = end.day?.with().day(first).build().ok()?;
    let other = end.other.and_then(|other| other.with().day(first).build().ok());
    // "The ninth and the seventeenth" are two days; a range between is announced.
    Some(DayRead {
        last: end.day,
        other,
        is_ambiguous: end.is_ambiguous || words.is(taken, &lists.and),
        ..DayRead::certain(day, article + end.used)
    })
}

fn day_of_month(words: Heard<'_>) -> Option<(i8, usize)> {
    ordinal(words).or_else(|| {
        let (value, taken) = number(words)?;
        i8::try_from(value).ok().filter(|day| (1..=31).contains(day)).map(|day| (day, taken))
    })
}

/// "From Monday to Wednesday", "between the 5th and the 8th", "november 18 to 19", "april 27th to the third".
fn from_to(words: Heard<'_>, at: usize, today: Date) -> Option<DayRead> {
    let start = single(words, at, today)?;
    let first = start.day.filter(|_| start.last.is_none() && start.part.is_none())?;
    let lists = &words.lists.ranges;
    let is_between = (1..=2).any(|back| words.is_back(at, back, &lists.between));
    let joints = if is_between { &lists.joints_of_between } else { &lists.joints };
    let joint = at + start.used;
    if !words.is(joint, joints) {
        return None;
    }
    let article = joint + 1 + words.optional(joint + 1, &words.lists.articles);
    let last = end_after(words, article, first, today)?;
    let used = article + last.used - at;
    let day = last.day?;
    // "26 June to 28 June 2027" says its year once.
    let first = first.with().year(day.year()).build().ok().filter(|same| *same < day && first < *same).unwrap_or(first);
    let is_short = first < day && day.since(first).is_ok_and(|span| span.get_days() <= RANGE_DAYS_MAX);
    if day <= first {
        return Some(DayRead { is_ambiguous: true, ..start });
    }
    Some(DayRead {
        last: Some(day),
        other: start.other,
        is_ambiguous: start.is_ambiguous || last.is_ambiguous || !is_short,
        ..DayRead::certain(first, used)
    })
}

/// The end of a range is seen from its beginning.
fn end_after(words: Heard<'_>, at: usize, first: Date, today: Date) -> Option<DayRead> {
    if let Some((wanted, _)) = weekday(words, at) {
        let read = single(words, at, today)?;
        let next = next_weekday(first, wanted, 1)?;
        let is_after = read.day.is_some_and(|day| next < day);
        let is_open = read.other.is_none_or(|other| first < other);
        return Some(if is_after && is_open { read } else { DayRead::certain(next, read.used) });
    }
    if let Some(read) = single(words, at, today) {
        return Some(match read.day {
            Some(day) if day <= first => single(words, at, first).unwrap_or(read),
            Some(_) | None => read,
        });
    }
    if let Some((day, taken)) = ordinal(words.from(at)?) {
        let date = (1..32).filter_map(|days| plus_days(first, days)).find(|date| date.day() == day)?;
        return Some(DayRead::certain(date, taken));
    }
    let (day, taken) = number(words.from(at)?)?;
    let is_time = words.is(at + taken, &words.lists.ranges.behind_hour);
    let date = first.with().day(i8::try_from(day).ok()?).build().ok().filter(|_| !is_time)?;
    Some(DayRead::certain(date, taken))
}
