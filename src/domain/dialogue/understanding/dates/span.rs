//! Ranges of days: "Monday to Wednesday", "the weekend", "next week", "the next three days", "weekdays".

use jiff::civil::{Date, Weekday};

use super::{
    WeekdaySet,
    day::{DayRead, monday_of, next_weekday, plus_days, single, week},
    numerals::{month, number, ordinal, weekday},
    words::{DateWord, optional, says, says_any, text},
};

/// A range longer than this was misheard.
const RANGE_DAYS_MAX: i32 = 62;

/// Reads a range of days, or a set of weekdays, that begins at a place.
pub(super) fn read(words: &[DateWord], at: usize, today: Date) -> Option<DayRead> {
    let rest = words.get(at..)?;
    weekday_set(rest, today)
        .or_else(|| weekend(rest, today))
        .or_else(|| part_of_week(rest, today))
        .or_else(|| end_of_month(rest, today))
        .or_else(|| coming_days(rest, today))
        .or_else(|| shared_month(rest, today))
        .or_else(|| from_to(words, at, today))
}

fn weekday_set(words: &[DateWord], today: Date) -> Option<DayRead> {
    let weekdays = match text(words, 0) {
        "weekday" | "weekdays" => WeekdaySet::WORKING,
        "weekends" => WeekdaySet::of(&[Weekday::Saturday, Weekday::Sunday]),
        _ => return None,
    };
    let day = (1..=7).filter_map(|days| plus_days(today, days)).find(|day| weekdays.contains(day.weekday()));
    Some(DayRead { day, weekdays, is_ambiguous: true, used: 1, ..DayRead::default() })
}

/// A weekend is two days: which of them is open.
fn weekend(words: &[DateWord], today: Date) -> Option<DayRead> {
    let is_next = matches!(text(words, 0), "next" | "following");
    let is_last = text(words, 0) == "last";
    let lead = optional(words, 0, &["next", "this", "coming", "following", "last"]);
    if text(words, lead) != "weekend" {
        return None;
    }
    let coming = next_weekday(today, Weekday::Saturday, 0)?;
    let saturday = if is_last { plus_days(coming, -7)? } else { coming };
    let after_next = says(words.get(lead + 1..)?, "after next");
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
fn part_of_week(words: &[DateWord], today: Date) -> Option<DayRead> {
    const ENDS: &[&str] = &["end of the", "end of", "late", "later in the", "later"];
    const STARTS: &[&str] =
        &["beginning of the", "beginning of", "start of the", "start of", "early", "earlier in the"];
    const MIDDLES: &[&str] = &["middle of the", "middle of", "mid"];
    if text(words, 0) == "midweek" {
        return thursday_or_before(today, 0, 1);
    }
    let lead_of = |leads: &[&str]| says_any(words, leads).map_or(0, |lead| lead);
    let (end, start, middle) = (lead_of(ENDS), lead_of(STARTS), lead_of(MIDDLES));
    let lead = end.max(start).max(middle);
    let (weeks, taken) = match week(words.get(lead..)?) {
        Some(read) => read,
        // "The week" by itself is a span of time; with its end or start it is this one.
        None if 0 < lead && text(words, lead) == "week" => (0, 1),
        None => return None,
    };
    let used = lead + taken;
    let monday = monday_of(today, weeks)?;
    if 0 < end {
        let friday = plus_days(monday, 4)?;
        let is_later = text(words, 0) == "later";
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

fn end_of_month(words: &[DateWord], today: Date) -> Option<DayRead> {
    const ENDS: &[&str] =
        &["end of the month", "end of this month", "end of month", "month end", "last day of the month"];
    let used = says_any(words, ENDS)?;
    let last = today.last_of_month();
    Some(DayRead::either(last, plus_days(last, -1), used))
}

/// "The next three days", "2 next days", "next couple of days".
fn coming_days(words: &[DateWord], today: Date) -> Option<DayRead> {
    const COMING: &[&str] = &["next", "coming", "following", "upcoming"];
    let lead = optional(words, 0, COMING);
    let (count, taken) = number(words.get(lead..)?)
        .or_else(|| says_any(words.get(lead..)?, &["couple of", "couple"]).map(|taken| (2, taken)))
        .or_else(|| (text(words, lead) == "few").then_some((3, 1)))?;
    let is_few = text(words, lead) == "few";
    let behind = lead + taken + if lead == 0 { optional(words, taken, COMING) } else { 0 };
    if (lead == 0 && behind == taken) || text(words, behind) != "days" || 31 < count {
        return None;
    }
    let first = plus_days(today, 1)?;
    let last = plus_days(today, count.into());
    Some(DayRead { last, is_ambiguous: is_few, ..DayRead::certain(first, behind + 1) })
}

/// "5th to 8th of December", "9 to 12 June", "ninth till seventeenth of april": the month stands once, behind both.
fn shared_month(words: &[DateWord], today: Date) -> Option<DayRead> {
    let (first, taken) = day_of_month(words)?;
    let joint = taken + optional(words, taken, &["to", "till", "until", "through", "thru", "and"]);
    let article = joint + optional(words, joint, &["the"]);
    let (last, more) = day_of_month(words.get(article..)?)?;
    let of = article + more + optional(words, article + more, &["of"]);
    let is_or = joint == taken;
    if is_or || last <= first || month(text(words, of)).is_none() {
        return None;
    }
    let end = single(words, article, today)?;
    let day = end.day?.with().day(first).build().ok()?;
    let other = end.other.and_then(|other| other.with().day(first).build().ok());
    // "The ninth and the seventeenth" are two days; a range between is announced.
    (text(words, taken) != "and" || end.day.is_some()).then_some(DayRead {
        last: end.day,
        other,
        is_ambiguous: end.is_ambiguous || text(words, taken) == "and",
        ..DayRead::certain(day, article + end.used)
    })
}

fn day_of_month(words: &[DateWord]) -> Option<(i8, usize)> {
    ordinal(words).or_else(|| {
        let (value, taken) = number(words)?;
        i8::try_from(value).ok().filter(|day| (1..=31).contains(day)).map(|day| (day, taken))
    })
}

/// "From Monday to Wednesday", "between the 5th and the 8th", "november 18 to 19", "april 27th to the third".
fn from_to(words: &[DateWord], at: usize, today: Date) -> Option<DayRead> {
    let start = single(words, at, today)?;
    let first = start.day.filter(|_| start.last.is_none() && start.part.is_none())?;
    let is_between = (1..=2).any(|back| at.checked_sub(back).is_some_and(|place| text(words, place) == "between"));
    let joints: &[&str] = if is_between { &["and", "to"] } else { &["to", "till", "until", "through", "thru"] };
    let joint = at + start.used;
    if !joints.contains(&text(words, joint)) {
        return None;
    }
    let article = joint + 1 + optional(words, joint + 1, &["the"]);
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
fn end_after(words: &[DateWord], at: usize, first: Date, today: Date) -> Option<DayRead> {
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
    if let Some((day, taken)) = ordinal(words.get(at..)?) {
        let date = (1..32).filter_map(|days| plus_days(first, days)).find(|date| date.day() == day)?;
        return Some(DayRead::certain(date, taken));
    }
    let (day, taken) = number(words.get(at..)?)?;
    let is_time = matches!(text(words, at + taken), "am" | "pm" | "o'clock");
    let date = first.with().day(i8::try_from(day).ok()?).build().ok().filter(|_| !is_time)?;
    Some(DayRead::certain(date, taken))
}
