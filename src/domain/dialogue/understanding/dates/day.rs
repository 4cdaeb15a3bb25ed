//! Which day is meant, seen from today: "tomorrow", "in three days", "next Friday", "Friday week".

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{
    DayBound, WeekdaySet, month_day,
    numerals::{number, ordinal, weekday},
    part::{self, Part},
    span,
    words::{DateWord, optional, says, says_any, text},
};

/// "In … days" beyond this is no delivery day.
const COUNT_MAX: i16 = 99;
/// A weekday and a day of the month that only agree later than this are more likely one mistake than one day.
const AGREEING_DAYS_MAX: i32 = 45;

/// A day that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct DayRead {
    pub(super) day: Option<Date>,
    pub(super) other: Option<Date>,
    /// The last day of a range.
    pub(super) last: Option<Date>,
    pub(super) weekdays: WeekdaySet,
    /// The words name a part of the day as well: "tonight".
    pub(super) part: Option<Part>,
    /// The words of the day itself bound it: "within two days".
    pub(super) bound: Option<DayBound>,
    pub(super) is_ambiguous: bool,
    pub(super) used: usize,
}

impl DayRead {
    pub(super) fn certain(day: Date, used: usize) -> Self {
        Self { day: Some(day), used, ..Self::default() }
    }

    pub(super) fn either(day: Date, other: Option<Date>, used: usize) -> Self {
        Self { day: Some(day), other, is_ambiguous: true, used, ..Self::default() }
    }
}

/// Reads a day, or a range of days, that begins at a place.
pub(super) fn read(words: &[DateWord], at: usize, today: Date) -> Option<DayRead> {
    in_week(words.get(at..)?, today).or_else(|| span::read(words, at, today)).or_else(|| single(words, at, today))
}

/// Reads one day that begins at a place.
pub(super) fn single(words: &[DateWord], at: usize, today: Date) -> Option<DayRead> {
    let rest = words.get(at..)?;
    named(rest, today)
        .or_else(|| beside(words, at, today))
        .or_else(|| counted(rest, today))
        .or_else(|| of_week(rest, today))
        .or_else(|| month_day::read(words, at, today))
}

pub(super) fn plus_days(day: Date, days: i32) -> Option<Date> {
    day.checked_add(days.days()).ok()
}

/// The first such weekday that lies at least `days_min` days ahead.
pub(super) fn next_weekday(today: Date, wanted: Weekday, days_min: i32) -> Option<Date> {
    (days_min..days_min + 7).filter_map(|days| plus_days(today, days)).find(|date| date.weekday() == wanted)
}

pub(super) fn monday_of(today: Date, weeks: i32) -> Option<Date> {
    let back = i32::from(today.weekday().to_monday_zero_offset());
    plus_days(today, 7 * weeks - back)
}

fn named(words: &[DateWord], today: Date) -> Option<DayRead> {
    const PHRASES: &[(&str, i32)] = &[
        ("day after tomorrow", 2),
        ("day after next", 2),
        ("overmorrow", 2),
        ("day before yesterday", -2),
        ("tomorrow week", 8),
        ("tomorrow in a week", 8),
        ("today week", 7),
        ("tomorrow fortnight", 15),
        ("tomorrow", 1),
        ("tmrw", 1),
        ("tmr", 1),
        ("yesterday", -1),
        ("today", 0),
    ];
    if let Some((days, used)) = PHRASES.iter().find_map(|(phrase, days)| says(words, phrase).map(|used| (*days, used)))
    {
        return Some(DayRead::certain(plus_days(today, days)?, used));
    }
    if text(words, 0) == "tonight" {
        return Some(DayRead { part: Some(part::NIGHT), ..DayRead::certain(today, 1) });
    }
    // The part of the day is read next, by itself.
    let is_part = matches!(text(words, 1), "morning" | "afternoon" | "evening" | "night" | "lunchtime");
    match text(words, 0) {
        "this" if is_part => Some(DayRead::certain(today, 1)),
        "next" if is_part => Some(DayRead::either(plus_days(today, 1)?, None, 1)),
        "last" if text(words, 1) == "night" => Some(DayRead::certain(plus_days(today, -1)?, 1)),
        _ => None,
    }
}

/// "The day after Friday", "day before the fifth"; "the day after" alone depends on what was said before.
fn beside(all: &[DateWord], at: usize, today: Date) -> Option<DayRead> {
    let words = &all[at..];
    // "Any day after the fifth" is a bound.
    if at.checked_sub(1).is_some_and(|back| matches!(text(all, back), "any" | "every" | "each" | "some")) {
        return None;
    }
    let (direction, lead) =
        if let Some(lead) = says(words, "day after") { (1, lead) } else { (-1, says(words, "day before")?) };
    let article = lead + optional(words, lead, &["the"]);
    if let Some(anchor) = single(words, article, today) {
        let shift = |day: Option<Date>| day.and_then(|day| plus_days(day, direction));
        return Some(DayRead {
            day: shift(anchor.day),
            other: shift(anchor.other),
            used: article + anchor.used,
            ..anchor
        });
    }
    (direction == 1).then(|| DayRead::either(plus_days(today, 2).unwrap_or(today), plus_days(today, 1), lead))
}

/// "In three days", "a week from Friday", "8 days ago", "within two days", "in two or three days".
fn counted(words: &[DateWord], today: Date) -> Option<DayRead> {
    let lead = optional(words, 0, &["in", "within", "after"]);
    let lead = lead + usize::from(0 < lead) * optional(words, lead, &["the", "about", "next", "another"]);
    let (count, taken) = count(words.get(lead..)?)?;
    let later = says_any(words.get(lead + taken..)?, &["or", "to"])
        .and_then(|joint| number(words.get(lead + taken + joint..)?).map(|(last, more)| (last, taken + joint + more)));
    let (last, taken) = later.unwrap_or((count, taken));
    let unit = match text(words, lead + taken) {
        "day" | "days" | "days'" => 1,
        "week" | "weeks" | "weeks'" => 7,
        "fortnight" => 14,
        _ => return None,
    };
    if COUNT_MAX < count || last < count || COUNT_MAX < last {
        return None;
    }
    let (days, last_days) = (i32::from(count) * unit, i32::from(last) * unit);
    let used = lead + taken + 1;
    if let Some(read) = counted_from(words, used, days, today) {
        return Some(read);
    }
    let used = used + optional(words, used, &["time"]);
    let day = plus_days(today, days)?;
    match text(words, 0) {
        "within" => Some(DayRead { bound: Some(DayBound::By), ..DayRead::certain(plus_days(today, last_days)?, used) }),
        // In India "after two days" is in two days; elsewhere it is later.
        "after" => Some(DayRead::either(day, plus_days(day, 1), used)),
        "in" if days < last_days => Some(DayRead::either(day, plus_days(today, last_days), used)),
        "in" if is_rough(words, lead) => Some(DayRead::either(day, plus_days(day, 1), used)),
        "in" => Some(DayRead::certain(day, used)),
        _ => None,
    }
}

fn is_rough(words: &[DateWord], lead: usize) -> bool {
    text(words, lead.saturating_sub(1)) == "about" || text(words, lead + 1) == "couple"
}

fn count(words: &[DateWord]) -> Option<(i16, usize)> {
    const COUPLE: &[&str] = &["a couple of", "couple of", "a couple"];
    number(words)
        .or_else(|| says_any(words, COUPLE).map(|taken| (2, taken)))
        .or_else(|| (text(words, 0) == "a").then_some((1, 1)))
        .or_else(|| matches!(text(words, 0), "week" | "fortnight").then_some((1, 0)))
}

/// "… ago", "… from now", "… from Friday", "… before yesterday", "a week on Friday", "a week today".
fn counted_from(words: &[DateWord], at: usize, days: i32, today: Date) -> Option<DayRead> {
    if text(words, at) == "ago" {
        return Some(DayRead::certain(plus_days(today, -days)?, at + 1));
    }
    let rest = words.get(at..)?;
    if let Some(more) = says_any(rest, &["from now", "from today", "hence", "later", "today"]) {
        return Some(DayRead::certain(plus_days(today, days)?, at + more));
    }
    let (direction, joint) = match text(words, at) {
        "from" | "after" | "on" => (1, 1),
        "before" => (-1, 1),
        "tomorrow" => (1, 0),
        _ => return None,
    };
    let article = at + joint + optional(words, at + joint, &["the"]);
    let anchor = single(words, article, today)?;
    let day = plus_days(anchor.day?, direction * days)?;
    Some(DayRead { other: None, is_ambiguous: anchor.is_ambiguous, ..DayRead::certain(day, article + anchor.used) })
}

/// "Next week Wednesday", "this week on Friday", "last week's Monday".
fn in_week(words: &[DateWord], today: Date) -> Option<DayRead> {
    let (weeks, lead) = week(words)?;
    let lead = lead + optional(words, lead, &["on"]);
    let (wanted, _) = weekday(words, lead)?;
    Some(DayRead::certain(day_of_week(today, weeks, wanted)?, lead + 1))
}

/// A week, counted from this one. Shape: weeks ahead and how many words it takes.
pub(super) fn week(words: &[DateWord]) -> Option<(i32, usize)> {
    const WEEKS: &[(&str, i32)] = &[
        ("next week", 1),
        ("coming week", 1),
        ("following week", 1),
        ("week after next", 2),
        ("week after", 1),
        ("this week", 0),
        ("same week", 0),
        ("last week", -1),
        ("previous week", -1),
        ("past week", -1),
    ];
    WEEKS.iter().find_map(|(phrase, weeks)| says(words, phrase).map(|used| (*weeks, used)))
}

fn day_of_week(today: Date, weeks: i32, wanted: Weekday) -> Option<Date> {
    plus_days(monday_of(today, weeks)?, wanted.to_monday_zero_offset().into())
}

/// A weekday, with what stands around it: "next Friday", "Friday week", "Tuesday the 14th", "Monday of next week".
fn of_week(words: &[DateWord], today: Date) -> Option<DayRead> {
    const LEADS: &[&str] = &["next", "this", "coming", "upcoming", "last", "following", "past", "previous"];
    let is_next_to_next = says(words, "next to next").is_some();
    let lead =
        if is_next_to_next { 3 } else { words.iter().take(3).take_while(|w| LEADS.contains(&w.text.as_str())).count() };
    let (wanted, is_plural) = weekday(words, lead).or_else(|| short_weekday(words, lead))?;
    let first = next_weekday(today, wanted, 1)?;
    let used = lead + 1;
    if is_next_to_next {
        return Some(DayRead::either(plus_days(first, 7)?, plus_days(first, 14), used));
    }
    if is_plural {
        let weekdays = WeekdaySet::of(&[wanted]);
        return Some(DayRead { weekdays, is_ambiguous: true, ..DayRead::certain(first, used) });
    }
    if let Some(read) = in_named_week(words, used, wanted, today) {
        return Some(read);
    }
    if lead == 0 || text(words, 0) == "this" {
        if let Some(read) = month_day::on_weekday(words, used, wanted, today) {
            return Some(read);
        }
        if let Some(read) = with_day(words, used, wanted, first, today) {
            return Some(read);
        }
    }
    Some(placed(words, lead, first, today))
}

/// "Sat" and "sun" are other words too: only where a day is announced.
fn short_weekday(words: &[DateWord], lead: usize) -> Option<(Weekday, bool)> {
    let is_announced = 0 < lead || matches!(text(words, lead + 1), "morning" | "afternoon" | "evening" | "the");
    let day = match text(words, lead) {
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    };
    is_announced.then_some((day, false))
}

/// "Wednesday next week", "Monday of the following week", "Wednesday evening next week", "Friday week".
fn in_named_week(words: &[DateWord], at: usize, wanted: Weekday, today: Date) -> Option<DayRead> {
    const LATER: &[(&str, i32)] = &[("week", 7), ("in a week", 7), ("fortnight", 14), ("in a fortnight", 14)];
    let rest = words.get(at..)?;
    let first = next_weekday(today, wanted, 1)?;
    if let Some((days, used)) = LATER.iter().find_map(|(phrase, days)| says(rest, phrase).map(|used| (*days, used))) {
        return Some(DayRead::certain(plus_days(first, days)?, at + used));
    }
    let part = part::read(rest).filter(|part| part.used == 1);
    let joint = part.map_or(0, |part| part.used);
    let joint = joint + says_any(rest.get(joint..)?, &["of the", "of", "in the", "the"]).unwrap_or(0);
    let (weeks, taken) = week(rest.get(joint..)?)?;
    let day = day_of_week(today, weeks, wanted)?;
    Some(DayRead { part: part.map(|read| read.part), ..DayRead::certain(day, at + joint + taken) })
}

/// "Tuesday the 2nd", "Monday 21": the two must agree within the coming weeks, else one of them is a mistake.
fn with_day(words: &[DateWord], at: usize, wanted: Weekday, first: Date, today: Date) -> Option<DayRead> {
    let article = at + optional(words, at, &["the"]);
    let agrees = move |day: i8| move |date: &Date| date.day() == day;
    let agreeing = |day: i8| (0..26).filter_map(move |week| plus_days(first, 7 * week)).find(agrees(day));
    let past = |day: i8| (1..=8).filter_map(move |week| plus_days(first, -7 * week)).find(agrees(day));
    let is_soon = |date: Date| plus_days(today, AGREEING_DAYS_MAX).is_some_and(|limit| date <= limit);
    let day_of_month =
        ordinal(words.get(article..)?).filter(|(_, taken)| !month_day::counts(text(words, article + taken)));
    if let Some((day, taken)) = day_of_month {
        let used = article + taken;
        if wanted == today.weekday() && today.day() == day {
            return Some(DayRead::certain(today, used));
        }
        return Some(match (agreeing(day), past(day)) {
            (Some(date), _) if is_soon(date) => DayRead::certain(date, used),
            (coming, Some(date)) => DayRead::either(date, coming, used),
            (Some(date), None) => DayRead::either(date, Some(first), used),
            (None, None) => DayRead::either(month_day::next(day, today).unwrap_or(first), Some(first), used),
        });
    }
    let (value, taken) = number(words.get(at..)?)?;
    let after = at + taken;
    let is_time = matches!(text(words, after), "am" | "pm" | "o'clock" | "to" | "till" | "until" | "in" | "ish" | "or")
        || number(words.get(after..).unwrap_or_default()).is_some();
    let day = i8::try_from(value).ok().filter(|_| !is_time)?;
    if wanted == today.weekday() && today.day() == day {
        return Some(DayRead::certain(today, after));
    }
    // A small number may be the hour as well.
    match agreeing(day).filter(|date| is_soon(*date)) {
        Some(date) => Some(DayRead { is_ambiguous: day <= 12, ..DayRead::certain(date, after) }),
        None if 12 < day && day <= 31 => {
            Some(DayRead::either(past(day).or(agreeing(day)).unwrap_or(first), Some(first), after))
        }
        None => None,
    }
}

/// A bare weekday, by the words in front and behind.
fn placed(words: &[DateWord], lead: usize, first: Date, today: Date) -> DayRead {
    let used = lead + 1;
    let after = words.get(used..).unwrap_or_default();
    let leads = |word: &str| words[..lead].iter().any(|lead| lead.text == word);
    let next_week = plus_days(first, 7);
    if leads("last") || leads("past") || leads("previous") || text(after, 0) == "gone" {
        let used = used + usize::from(text(after, 0) == "gone");
        let before = (1..=7).filter_map(|days| plus_days(today, -days)).find(|day| day.weekday() == first.weekday());
        let before = before.unwrap_or(today);
        // Said of a day of this same week, it may be the one a week earlier.
        let is_this_week = monday_of(today, 0).is_some_and(|monday| monday <= before) && !leads("past");
        return if is_this_week {
            DayRead::either(before, plus_days(before, -7), used)
        } else {
            DayRead::certain(before, used)
        };
    }
    if let Some(more) = says(after, "after next") {
        return DayRead::either(next_week.unwrap_or(first), plus_days(first, 14), used + more);
    }
    let is_coming = leads("coming") || leads("upcoming") || text(after, 0) == "coming";
    let used = used + optional(after, 0, &["coming", "next"]);
    if (leads("next") || text(after, 0) == "next" || leads("following")) && !is_coming {
        return DayRead::either(first, next_week, used);
    }
    if first.weekday() == today.weekday() && !is_coming {
        // Said on that weekday, it may be today or a week ahead.
        return DayRead::either(first, Some(today), used);
    }
    DayRead::certain(first, used)
}
