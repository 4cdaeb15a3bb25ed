//! A time on the clock as said: "six", "6 15", "18:45", "half six", "a quarter of seven", each with its unit.

use jiff::civil::Time;

use super::{DeliveryHours, numerals::number, part::Half, words::Heard};
use crate::domain::dialogue::understanding::vocabulary::WordSet;

/// The words of times on the clock.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockLists {
    noon: WordSet,
    midnight: WordSet,
    half: WordSet,
    quarter: WordSet,
    /// In front of "quarter".
    one: WordSet,
    minutes: WordSet,
    past: WordSet,
    /// "Ten after six": minutes that are usual make it past the hour.
    after: WordSet,
    /// What stands between minutes and the hour that they lead up to.
    to: WordSet,
    /// The same, where a unit or a "quarter" says that they are minutes.
    before: WordSet,
    /// "A quarter of seven".
    of: WordSet,
    /// The zero of "seven oh five".
    zero: WordSet,
    /// "Eighteen hundred hours".
    hundred: WordSet,
    hours: WordSet,
    /// Behind four digits they show a time and no year.
    behind_digits: WordSet,
    roughly: WordSet,
    o_clock: WordSet,
    /// What may stand between a time and a part of the day.
    part_leads: WordSet,
    morning: WordSet,
    afternoon: WordSet,
    night: WordSet,
    am: WordSet,
    pm: WordSet,
    evening: WordSet,
    tonight: WordSet,
    /// Behind a part of the day they make it something else: "evening class".
    other_things: WordSet,
}

/// A time as said: perhaps without its half of the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spoken {
    /// Shape: 0 to 23.
    hour: i8,
    minute: i8,
    is_settled: bool,
    /// A colon, a unit, "o'clock" or a part of the day makes clear that it is a time at all.
    pub(super) is_clear: bool,
    /// It may be meant otherwise: read it back.
    pub(super) is_rough: bool,
    pub(super) used: usize,
}

/// The times that words without a half of the day can mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settled {
    pub(super) time: Time,
    /// The other half of the day fits as well.
    pub(super) other: Option<Time>,
}

impl Spoken {
    const fn on_the_hour(hour: i8, used: usize) -> Self {
        Self { hour, minute: 0, is_settled: true, is_clear: true, is_rough: false, used }
    }

    /// A time of the twenty-four-hour clock that nothing is open about.
    pub(super) fn exactly(time: Time) -> Self {
        Self { minute: time.minute(), ..Self::on_the_hour(time.hour(), 0) }
    }

    pub(super) const fn has_minutes(&self) -> bool {
        self.minute != 0
    }

    pub(super) const fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// "Five", "ten": people say these in front of "to the hour" as well.
    pub(super) const fn may_be_minutes(&self) -> bool {
        matches!(self.hour, 5 | 10 | 15 | 20) && self.minute == 0 && !self.is_clear
    }

    /// The time with the half of the day that was said elsewhere in the phrase.
    pub(super) const fn settled_by(self, half: Half) -> Self {
        if self.is_settled {
            return self;
        }
        Self { hour: half.place(self.hour), is_settled: true, is_clear: true, ..self }
    }

    /// Both halves of the day that the words leave open, the morning first.
    pub(super) fn readings(&self) -> Vec<Time> {
        let hours = if self.is_settled { vec![self.hour] } else { vec![self.hour % 12, self.hour % 12 + 12] };
        hours.into_iter().filter_map(|hour| Time::new(hour, self.minute, 0, 0).ok()).collect()
    }

    /// Settles the half of the day by the delivery hours; where both halves fit, or none, the other stays open.
    pub(super) fn settle(&self, hours: DeliveryHours) -> Option<Settled> {
        match *self.readings().as_slice() {
            [time] => Some(Settled { time, other: None }),
            [morning, afternoon] => {
                let fits = |time: Time| hours.from <= time && time <= hours.to;
                Some(match (fits(morning), fits(afternoon)) {
                    (true, false) => Settled { time: morning, other: None },
                    (false, true) => Settled { time: afternoon, other: None },
                    (true, true) => Settled { time: morning, other: Some(afternoon) },
                    (false, false) => Settled { time: afternoon, other: Some(morning) },
                })
            }
            _ => None,
        }
    }
}

/// Reads one time at the beginning of the words.
pub(super) fn read(words: Heard<'_>) -> Option<Spoken> {
    let mut read = by_name(words)
        .or_else(|| past_or_to(words))
        .or_else(|| half_hour(words))
        .or_else(|| digits_with_colon(words))
        .or_else(|| hour_and_minutes(words))?;
    read.is_settled |= 13 <= read.hour || (read.hour == 0 && read.is_clear);
    take_unit(&mut read, words)?;
    if words.is(read.used, &words.lists.clock.roughly) {
        (read.is_clear, read.used) = (true, read.used + 1);
        take_unit(&mut read, words)?;
    }
    Some(read)
}

fn by_name(words: Heard<'_>) -> Option<Spoken> {
    let lists = &words.lists.clock;
    if words.is(0, &lists.noon) {
        return Some(Spoken::on_the_hour(12, 1));
    }
    words.is(0, &lists.midnight).then(|| Spoken::on_the_hour(0, 1))
}

/// "Half past six", "quarter to nine", "a quarter of seven", "twenty minutes past four", "25 to 11".
fn past_or_to(words: Heard<'_>) -> Option<Spoken> {
    let (minutes, taken) = minutes_of_hour(words)?;
    let lists = &words.lists.clock;
    let is_quarter = words.is(taken - 1, &lists.quarter) || words.is(taken - 1, &lists.half);
    let has_unit = words.is(taken, &lists.minutes);
    let taken = taken + usize::from(has_unit);
    let is_usual = matches!(minutes, 5 | 10 | 15 | 20 | 25);
    let is_said = is_quarter || has_unit;
    // "Ten to four" is left to the window's reader: it may be from ten to four.
    let is_only_minutes = minutes == 25 || (minutes == 20 && !is_evening_hour(words, taken + 1));
    let is_past = words.is(taken, &lists.past) || (is_usual && words.is(taken, &lists.after));
    let is_to = (is_said && words.is(taken, &lists.before))
        || (is_only_minutes && words.is(taken, &lists.to))
        || (is_usual && words.is(taken, &lists.of));
    if !is_past && !is_to {
        return None;
    }
    let read = around_hour(words, taken + 1, minutes, is_past)?;
    let is_doubtful = !is_said && (words.is(taken, &lists.after) || words.is(taken, &lists.of));
    Some(Spoken { is_rough: is_doubtful, ..read })
}

/// An hour of the twenty-four-hour clock that can end a window begun at twenty.
fn is_evening_hour(words: Heard<'_>, at: usize) -> bool {
    words.from(at).and_then(number).is_some_and(|(hour, _)| (21..24).contains(&hour))
}

/// The same time with the unit that stands behind it.
pub(super) fn with_unit_of(mut spoken: Spoken, words: Heard<'_>) -> Option<Spoken> {
    take_unit(&mut spoken, words)?;
    Some(spoken)
}

fn minutes_of_hour(words: Heard<'_>) -> Option<(i16, usize)> {
    let lists = &words.lists.clock;
    if words.is(0, &lists.half) {
        return Some((30, 1));
    }
    let article = words.optional(0, &lists.one);
    if words.is(article, &lists.quarter) {
        return Some((15, article + 1));
    }
    number(words).filter(|(minutes, _)| (1..60).contains(minutes))
}

/// A time some minutes past an hour, or before it.
pub(super) fn around_hour(words: Heard<'_>, at: usize, minutes: i16, is_past: bool) -> Option<Spoken> {
    let minute = i8::try_from(minutes).ok().filter(|minute| (1..60).contains(minute))?;
    let (hour, used, is_settled) = if let Some(named) = by_name(words.from(at)?) {
        (named.hour, at + 1, true)
    } else {
        let (hour, taken) = number(words.from(at)?)?;
        (i8::try_from(hour).ok().filter(|hour| (0..24).contains(hour))?, at + taken, 13 <= hour)
    };
    let (hour, minute) = match (is_past, hour) {
        (true, hour) => (hour, minute),
        (false, 0) => (23, 60 - minute),
        (false, 1) => (12, 60 - minute),
        (false, hour) => (hour - 1, 60 - minute),
    };
    Some(Spoken { hour, minute, is_settled, is_clear: true, is_rough: false, used })
}

/// "Half six" is half past six where it is said.
fn half_hour(words: Heard<'_>) -> Option<Spoken> {
    if !words.is(0, &words.lists.clock.half) {
        return None;
    }
    let (hour, taken) = number(words.from(1)?)?;
    let hour = i8::try_from(hour).ok().filter(|hour| (1..=12).contains(hour))?;
    Some(Spoken { hour, minute: 30, is_settled: false, is_clear: true, is_rough: false, used: 1 + taken })
}

fn digits_with_colon(words: Heard<'_>) -> Option<Spoken> {
    let mut parts = words.text(0).split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    let is_time = hour.len() <= 2 && minute.len() == 2 && parts.next().is_none();
    let (hour, minute) = (hour.parse().ok().filter(|hour| (0..24).contains(hour))?, minute.parse().ok()?);
    let is_clear = is_time && minute < 60;
    is_clear.then_some(Spoken { hour, minute, is_settled: false, is_clear, is_rough: false, used: 1 })
}

/// "Six", "6 15", "seven thirty", "seven oh five", "1130".
fn hour_and_minutes(words: Heard<'_>) -> Option<Spoken> {
    let lists = &words.lists.clock;
    let (value, used) = number(words)?;
    let digits = words.text(0).len();
    if words.text(0).as_bytes()[0].is_ascii_digit() && 3 <= digits {
        return written_together(value, words);
    }
    let hour = i8::try_from(value).ok().filter(|hour| (0..24).contains(hour))?;
    let mut read = Spoken { hour, minute: 0, is_settled: false, is_clear: false, is_rough: false, used };
    let zero = words.optional(used, &lists.zero);
    if let Some((minutes, taken)) = words.from(used + zero).and_then(number) {
        let written = words.text(used + zero);
        let is_minutes = if zero == 1 { minutes < 10 } else { (10..60).contains(&minutes) }
            || (written.len() == 2 && written.starts_with('0'));
        if is_minutes {
            (read.minute, read.used) = (i8::try_from(minutes).ok()?, used + zero + taken);
            read.used += words.optional(read.used, &lists.minutes);
        }
    }
    if words.is(read.used, &lists.hundred) && words.is(read.used + 1, &lists.hours) {
        return Some(Spoken { is_clear: true, is_settled: true, used: read.used + 2, ..read });
    }
    Some(read)
}

/// "530", "1130", "1800 hours". Four digits that are a year are none.
fn written_together(value: i16, words: Heard<'_>) -> Option<Spoken> {
    let (hour, minute) = (i8::try_from(value / 100).ok()?, i8::try_from(value % 100).ok()?);
    let has_unit = words.is(1, &words.lists.clock.behind_digits);
    let is_year = (1900..2100).contains(&value) && !has_unit;
    if 24 <= hour || 60 <= minute || is_year {
        return None;
    }
    let is_military = words.is(1, &words.lists.clock.hours);
    let used = 1 + usize::from(is_military);
    Some(Spoken { hour, minute, is_settled: is_military, is_clear: is_military, is_rough: !is_military, used })
}

/// Takes in "am", "pm", "o'clock", "in the morning", "evening", "at night". Nothing, if the two contradict.
fn take_unit(read: &mut Spoken, words: Heard<'_>) -> Option<()> {
    let mut at = read.used;
    let lists = &words.lists.clock;
    if words.is(at, &lists.o_clock) {
        (at, read.is_clear) = (at + 1, true);
    }
    let lead = (0..3).find(|lead| !words.is(at + lead, &lists.part_leads)).unwrap_or(0);
    let said = |known: &WordSet| words.is(at + lead, known);
    read.used = at;
    let is_twelve = lead == 0 && read.hour == 12;
    // "Nine tomorrow morning" is put together later; a part of the day announced by "this" is one.
    let half = if said(&lists.am) || said(&lists.morning) || (is_twelve && said(&lists.midnight)) {
        Half::Morning
    } else if said(&lists.pm) || said(&lists.afternoon) || (is_twelve && said(&lists.noon)) {
        Half::Afternoon
    } else if said(&lists.night) || said(&lists.tonight) {
        Half::Night
    } else {
        return Some(());
    };
    if lead == 0 && !read.is_clear && words.is(at + 1, &lists.other_things) {
        return Some(());
    }
    let is_impossible = said(&lists.evening) && matches!(read.hour, 1..=3 | 12);
    if is_impossible {
        return None;
    }
    if !read.is_settled || (read.hour == 0 && said(&lists.pm)) {
        (read.hour, read.is_settled) = (half.place(read.hour), true);
    }
    // "Tonight" is a day as well and stays to be read.
    let used = if said(&lists.tonight) { at } else { at + lead + 1 };
    (read.is_clear, read.is_rough, read.used) = (true, false, used);
    Some(())
}
