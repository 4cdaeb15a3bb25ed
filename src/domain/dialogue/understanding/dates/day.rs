//! Which day is meant, seen from today: "tomorrow", "in three days", "next Friday", "Friday week".

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{
    DayBound, WeekdaySet, month_day,
    numerals::{number, ordinal, short_weekday, weekday},
    part::{self, Part},
    span,
    words::Heard,
};
use crate::domain::dialogue::understanding::vocabulary::{PhraseMap, Phrases, WordSet};

/// "In … days" beyond this is no delivery day.
const COUNT_MAX: i16 = 99;
/// A weekday and a day of the month that only agree later than this are more likely one mistake than one day.
const AGREEING_DAYS_MAX: i32 = 45;

/// The words of days seen from today.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DayLists {
    /// Days ahead of today.
    named: PhraseMap<i32>,
    tonight: WordSet,
    this: WordSet,
    next: WordSet,
    last: WordSet,
    night: WordSet,
    /// What may follow these for a part of that day.
    parts: WordSet,
    /// In front of "the day after" they make it a bound.
    indefinite: WordSet,
    day_after: Phrases,
    day_before: Phrases,
    counted: CountedLists,
    /// Weeks ahead of this one.
    weeks: PhraseMap<i32>,
    on: WordSet,
    /// What stands in front of a weekday.
    weekday_leads: WordSet,
    next_to_next: Phrases,
    /// What shows that a short word is a weekday.
    behind_short_weekday: WordSet,
    /// Days from a weekday on: "Friday week".
    weeks_later: PhraseMap<i32>,
    of_week: Phrases,
    /// Behind a small number they make it the hour.
    behind_hour: WordSet,
    past_leads: WordSet,
    past: WordSet,
    gone: WordSet,
    after_next: Phrases,
    coming: WordSet,
    coming_leads: WordSet,
    next_leads: WordSet,
    /// What may stand behind a weekday: "Friday coming".
    behind_weekday: WordSet,
}

/// The words of days that are counted: "in three days".
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountedLists {
    within: WordSet,
    after: WordSet,
    r#in: WordSet,
    /// What may stand between these and the count.
    between: WordSet,
    about: WordSet,
    couple: WordSet,
    couple_of: Phrases,
    one: WordSet,
    /// Units that count as one by themselves.
    one_unit: WordSet,
    /// "Two or three days".
    or: WordSet,
    /// Their lengths in days.
    units: PhraseMap<i32>,
    /// "In a week's time".
    time: WordSet,
    ago: WordSet,
    from_now: Phrases,
    from_day: WordSet,
    before_day: WordSet,
    tomorrow: WordSet,
}

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
pub(super) fn read(words: Heard<'_>, at: usize, today: Date) -> Option<DayRead> {
    in_week(words.from(at)?, today).or_else(|| span::read(words, at, today)).or_else(|| single(words, at, today))
}

/// Reads one day that begins at a place.
pub(super) fn single(words: Heard<'_>, at: usize, today: Date) -> Option<DayRead> {
    let rest = words.from(at)?;
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

fn named(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let lists = &words.lists.days;
    if let Some((used, days)) = words.finds(&lists.named) {
        return Some(DayRead::certain(plus_days(today, days)?, used));
    }
    if words.is(0, &lists.tonight) {
        return Some(DayRead { part: Some(part::NIGHT), ..DayRead::certain(today, 1) });
    }
    // The part of the day is read next, by itself.
    let is_part = words.is(1, &lists.parts);
    if words.is(0, &lists.this) && is_part {
        Some(DayRead::certain(today, 1))
    } else if words.is(0, &lists.next) && is_part {
        Some(DayRead::either(plus_days(today, 1)?, None, 1))
    } else if words.is(0, &lists.last) && words.is(1, &lists.night) {
        Some(DayRead::certain(plus_days(today, -1)?, 1))
    } else {
        None
    }
}

/// "The day after Friday", "day before the fifth"; "the day after" alone depends on what was said before.
fn beside(all: Heard<'_>, at: usize, today: Date) -> Option<DayRead> {
    let (words, lists) = (all.rest(at), &all.lists.days);
    // "Any day after the fifth" is a bound.
    if all.is_back(at, 1, &lists.indefinite) {
        return None;
    }
    let (direction, lead) = match words.begins(&lists.day_after) {
        Some(lead) => (1, lead),
        None => (-1, words.begins(&lists.day_before)?),
    };
    let article = lead + words.optional(lead, &words.lists.articles);
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
fn counted(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let lists = &words.lists.days.counted;
    let (is_within, is_after) = (words.is(0, &lists.within), words.is(0, &lists.after));
    let is_in = words.is(0, &lists.r#in);
    let lead = usize::from(is_in || is_within || is_after);
    let lead = lead + lead * words.optional(lead, &lists.between);
    let (count, taken) = count(words.from(lead)?)?;
    let joint = lead + taken + 1;
    let later = words
        .is(lead + taken, &lists.or)
        .then(|| number(words.rest(joint)).map(|(last, more)| (last, taken + 1 + more)))
        .flatten();
    let (last, taken) = later.unwrap_or((count, taken));
    let (unit_words, unit) = words.rest(lead + taken).finds(&lists.units)?;
    if COUNT_MAX < count || last < count || COUNT_MAX < last {
        return None;
    }
    let (days, last_days) = (i32::from(count) * unit, i32::from(last) * unit);
    let used = lead + taken + unit_words;
    if let Some(read) = counted_from(words, used, days, today) {
        return Some(read);
    }
    let used = used + words.optional(used, &lists.time);
    let day = plus_days(today, days)?;
    if is_within {
        return Some(DayRead { bound: Some(DayBound::By), ..DayRead::certain(plus_days(today, last_days)?, used) });
    }
    // In India "after two days" is in two days; elsewhere it is later.
    if is_after || (is_in && days == last_days && is_rough(words, lead)) {
        return Some(DayRead::either(day, plus_days(day, 1), used));
    }
    if is_in && days < last_days {
        return Some(DayRead::either(day, plus_days(today, last_days), used));
    }
    is_in.then(|| DayRead::certain(day, used))
}

fn is_rough(words: Heard<'_>, lead: usize) -> bool {
    words.is(lead.saturating_sub(1), &words.lists.days.counted.about)
        || words.is(lead + 1, &words.lists.days.counted.couple)
}

fn count(words: Heard<'_>) -> Option<(i16, usize)> {
    let lists = &words.lists.days.counted;
    number(words)
        .or_else(|| words.begins(&lists.couple_of).map(|taken| (2, taken)))
        .or_else(|| words.is(0, &lists.one).then_some((1, 1)))
        .or_else(|| words.is(0, &lists.one_unit).then_some((1, 0)))
}

/// "… ago", "… from now", "… from Friday", "… before yesterday", "a week on Friday", "a week today".
fn counted_from(words: Heard<'_>, at: usize, days: i32, today: Date) -> Option<DayRead> {
    let lists = &words.lists.days.counted;
    if words.is(at, &lists.ago) {
        return Some(DayRead::certain(plus_days(today, -days)?, at + 1));
    }
    if let Some(more) = words.from(at)?.begins(&lists.from_now) {
        return Some(DayRead::certain(plus_days(today, days)?, at + more));
    }
    let (direction, joint) = if words.is(at, &lists.from_day) {
        (1, 1)
    } else if words.is(at, &lists.before_day) {
        (-1, 1)
    } else if words.is(at, &lists.tomorrow) {
        (1, 0)
    } else {
        return None;
    };
    let article = at + joint + words.optional(at + joint, &words.lists.articles);
    let anchor = single(words, article, today)?;
    let day = plus_days(anchor.day?, direction * days)?;
    Some(DayRead { other: None, is_ambiguous: anchor.is_ambiguous, ..DayRead::certain(day, article + anchor.used) })
}

/// "Next week Wednesday", "this week on Friday", "last week's Monday".
fn in_week(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let (weeks, lead) = week(words)?;
    let lead = lead + words.optional(lead, &words.lists.days.on);
    let (wanted, _) = weekday(words, lead)?;
    Some(DayRead::certain(day_of_week(today, weeks, wanted)?, lead + 1))
}

/// A week, counted from this one. Shape: weeks ahead and how many words it takes.
pub(super) fn week(words: Heard<'_>) -> Option<(i32, usize)> {
    words.finds(&words.lists.days.weeks).map(|(used, weeks)| (weeks, used))
}

fn day_of_week(today: Date, weeks: i32, wanted: Weekday) -> Option<Date> {
    plus_days(monday_of(today, weeks)?, wanted.to_monday_zero_offset().into())
}

/// A weekday, with what stands around it: "next Friday", "Friday week", "Tuesday the 14th", "Monday of next week".
fn of_week(words: Heard<'_>, today: Date) -> Option<DayRead> {
    let lists = &words.lists.days;
    let next_to_next = words.begins(&lists.next_to_next);
    let lead = next_to_next
        .unwrap_or_else(|| words.iter().take(3).take_while(|word| lists.weekday_leads.has(&word.text)).count());
    let (wanted, is_plural) = weekday(words, lead).or_else(|| announced_weekday(words, lead))?;
    let first = next_weekday(today, wanted, 1)?;
    let used = lead + 1;
    if next_to_next.is_some() {
        return Some(DayRead::either(plus_days(first, 7)?, plus_days(first, 14), used));
    }
    if is_plural {
        let weekdays = WeekdaySet::of(&[wanted]);
        return Some(DayRead { weekdays, is_ambiguous: true, ..DayRead::certain(first, used) });
    }
    if let Some(read) = in_named_week(words, used, wanted, today) {
        return Some(read);
    }
    if lead == 0 || words.is(0, &lists.this) {
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
fn announced_weekday(words: Heard<'_>, lead: usize) -> Option<(Weekday, bool)> {
    let is_announced = 0 < lead || words.is(lead + 1, &words.lists.days.behind_short_weekday);
    short_weekday(words, lead).filter(|_| is_announced).map(|day| (day, false))
}

/// "Wednesday next week", "Monday of the following week", "Wednesday evening next week", "Friday week".
fn in_named_week(words: Heard<'_>, at: usize, wanted: Weekday, today: Date) -> Option<DayRead> {
    let lists = &words.lists.days;
    let rest = words.from(at)?;
    let first = next_weekday(today, wanted, 1)?;
    if let Some((used, days)) = rest.finds(&lists.weeks_later) {
        return Some(DayRead::certain(plus_days(first, days)?, at + used));
    }
    let part = part::read(rest).filter(|part| part.used == 1);
    let joint = part.map_or(0, |part| part.used);
    let joint = joint + rest.from(joint)?.begins(&lists.of_week).unwrap_or(0);
    let (weeks, taken) = week(rest.from(joint)?)?;
    let day = day_of_week(today, weeks, wanted)?;
    Some(DayRead { part: part.map(|read| read.part), ..DayRead::certain(day, at + joint + taken) })
}

/// "Tuesday the 2nd", "Monday 21": the two must agree within the coming weeks, else one of them is a mistake.
fn with_day(words: Heard<'_>, at: usize, wanted: Weekday, first: Date, today: Date) -> Option<DayRead> {
    let article = at + words.optional(at, &words.lists.articles);
    let agrees = move |day: i8| move |date: &Date| date.day() == day;
    let agreeing = |day: i8| (0..26).filter_map(move |week| plus_days(first, 7 * week)).find(agrees(day));
    let past = |day: i8| (1..=8).filter_map(move |week| plus_days(first, -7 * week)).find(agrees(day));
    let is_soon = |date: Date| plus_days(today, AGREEING_DAYS_MAX).is_some_and(|limit| date <= limit);
    let day_of_month = ordinal(words.from(article)?).filter(|(_, taken)| !month_day::counts(words, article + taken));
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
    let (value, taken) = number(words.from(at)?)?;
    let after = at + taken;
    let is_time = words.is(after, &words.lists.days.behind_hour) || number(words.rest(after)).is_some();
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
fn placed(words: Heard<'_>, lead: usize, first: Date, today: Date) -> DayRead {
    let used = lead + 1;
    let (after, lists) = (words.rest(used), &words.lists.days);
    let leads = |known: &WordSet| words[..lead].iter().any(|lead| known.has(&lead.text));
    let is_gone = after.is(0, &lists.gone);
    let next_week = plus_days(first, 7);
    if leads(&lists.past_leads) || is_gone {
        let used = used + usize::from(is_gone);
        let before = (1..=7).filter_map(|days| plus_days(today, -days)).find(|day| day.weekday() == first.weekday());
        let before = before.unwrap_or(today);
        // Said of a day of this same week, it may be the one a week earlier.
        let is_this_week = monday_of(today, 0).is_some_and(|monday| monday <= before) && !leads(&lists.past);
        return if is_this_week {
            DayRead::either(before, plus_days(before, -7), used)
        } else {
            DayRead::certain(before, used)
        };
    }
    if let Some(more) = after.begins(&lists.after_next) {
        return DayRead::either(next_week.unwrap_or(first), plus_days(first, 14), used + more);
    }
    let is_coming = leads(&lists.coming_leads) || after.is(0, &lists.coming);
    let used = used + after.optional(0, &lists.behind_weekday);
    if (leads(&lists.next_leads) || after.is(0, &lists.next)) && !is_coming {
        return DayRead::either(first, next_week, used);
    }
    if first.weekday() == today.weekday() && !is_coming {
        // Said on that weekday, it may be today or a week ahead.
        return DayRead::either(first, Some(today), used);
    }
    DayRead::certain(first, used)
}
