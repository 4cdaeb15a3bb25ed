//! A time on the clock as said: "six", "6 15", "18:45", "half six", "a quarter of seven", each with its unit.

use jiff::civil::Time;

use super::{
    DeliveryHours,
    numerals::number,
    part::Half,
    words::{DateWord, optional, text},
};

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
pub(super) fn read(words: &[DateWord]) -> Option<Spoken> {
    let mut read = by_name(words)
        .or_else(|| past_or_to(words))
        .or_else(|| half_hour(words))
        .or_else(|| digits_with_colon(words))
        .or_else(|| hour_and_minutes(words))?;
    read.is_settled |= 13 <= read.hour || (read.hour == 0 && read.is_clear);
    take_unit(&mut read, words)?;
    if text(words, read.used) == "ish" {
        (read.is_clear, read.used) = (true, read.used + 1);
        take_unit(&mut read, words)?;
    }
    Some(read)
}

fn by_name(words: &[DateWord]) -> Option<Spoken> {
    match text(words, 0) {
        "noon" | "midday" => Some(Spoken::on_the_hour(12, 1)),
        "midnight" => Some(Spoken::on_the_hour(0, 1)),
        _ => None,
    }
}

/// "Half past six", "quarter to nine", "a quarter of seven", "twenty minutes past four", "25 to 11".
fn past_or_to(words: &[DateWord]) -> Option<Spoken> {
    let (minutes, taken) = minutes_of_hour(words)?;
    let is_quarter = matches!(text(words, taken - 1), "quarter" | "half");
    let has_unit = matches!(text(words, taken), "minutes" | "minute" | "mins" | "min");
    let taken = taken + usize::from(has_unit);
    let is_usual = matches!(minutes, 5 | 10 | 15 | 20 | 25);
    let is_past = match text(words, taken) {
        "past" => true,
        "after" if is_usual => true,
        // "Ten to four" is left to the window's reader: it may be from ten to four.
        "to" | "till" | "til" | "before" if is_quarter || has_unit => false,
        "to" | "till" | "til" if minutes == 25 || (minutes == 20 && !is_evening_hour(words, taken + 1)) => false,
        "of" if is_usual => false,
        _ => return None,
    };
    let read = around_hour(words, taken + 1, minutes, is_past)?;
    let is_doubtful = !is_quarter && !has_unit && matches!(text(words, taken), "after" | "of");
    Some(Spoken { is_rough: is_doubtful, ..read })
}

/// An hour of the twenty-four-hour clock that can end a window begun at twenty.
fn is_evening_hour(words: &[DateWord], at: usize) -> bool {
    words.get(at..).and_then(number).is_some_and(|(hour, _)| (21..24).contains(&hour))
}

/// The same time with the unit that stands behind it.
pub(super) fn with_unit_of(mut spoken: Spoken, words: &[DateWord]) -> Option<Spoken> {
    take_unit(&mut spoken, words)?;
    Some(spoken)
}

fn minutes_of_hour(words: &[DateWord]) -> Option<(i16, usize)> {
    match text(words, 0) {
        "half" => Some((30, 1)),
        "quarter" => Some((15, 1)),
        "a" if text(words, 1) == "quarter" => Some((15, 2)),
        _ => number(words).filter(|(minutes, _)| (1..60).contains(minutes)),
    }
}

/// A time some minutes past an hour, or before it.
pub(super) fn around_hour(words: &[DateWord], at: usize, minutes: i16, is_past: bool) -> Option<Spoken> {
    let minute = i8::try_from(minutes).ok().filter(|minute| (1..60).contains(minute))?;
    let (hour, used, is_settled) = if let Some(named) = by_name(words.get(at..)?) {
        (named.hour, at + 1, true)
    } else {
        let (hour, taken) = number(words.get(at..)?)?;
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
fn half_hour(words: &[DateWord]) -> Option<Spoken> {
    if text(words, 0) != "half" {
        return None;
    }
    let (hour, taken) = number(words.get(1..)?)?;
    let hour = i8::try_from(hour).ok().filter(|hour| (1..=12).contains(hour))?;
    Some(Spoken { hour, minute: 30, is_settled: false, is_clear: true, is_rough: false, used: 1 + taken })
}

fn digits_with_colon(words: &[DateWord]) -> Option<Spoken> {
    let mut parts = text(words, 0).split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    let is_time = hour.len() <= 2 && minute.len() == 2 && parts.next().is_none();
    let (hour, minute) = (hour.parse().ok().filter(|hour| (0..24).contains(hour))?, minute.parse().ok()?);
    let is_clear = is_time && minute < 60;
    is_clear.then_some(Spoken { hour, minute, is_settled: false, is_clear, is_rough: false, used: 1 })
}

/// "Six", "6 15", "seven thirty", "seven oh five", "1130".
fn hour_and_minutes(words: &[DateWord]) -> Option<Spoken> {
    let (value, used) = number(words)?;
    let digits = text(words, 0).len();
    if text(words, 0).as_bytes()[0].is_ascii_digit() && 3 <= digits {
        return written_together(value, words);
    }
    let hour = i8::try_from(value).ok().filter(|hour| (0..24).contains(hour))?;
    let mut read = Spoken { hour, minute: 0, is_settled: false, is_clear: false, is_rough: false, used };
    let zero = optional(words, used, &["oh", "o"]);
    if let Some((minutes, taken)) = words.get(used + zero..).and_then(number) {
        let written = text(words, used + zero);
        let is_minutes = if zero == 1 { minutes < 10 } else { (10..60).contains(&minutes) }
            || (written.len() == 2 && written.starts_with('0'));
        if is_minutes {
            (read.minute, read.used) = (i8::try_from(minutes).ok()?, used + zero + taken);
            read.used += optional(words, read.used, &["minutes"]);
        }
    }
    if text(words, read.used) == "hundred" && text(words, read.used + 1) == "hours" {
        return Some(Spoken { is_clear: true, is_settled: true, used: read.used + 2, ..read });
    }
    Some(read)
}

/// "530", "1130", "1800 hours". Four digits that are a year are none.
fn written_together(value: i16, words: &[DateWord]) -> Option<Spoken> {
    let (hour, minute) = (i8::try_from(value / 100).ok()?, i8::try_from(value % 100).ok()?);
    let has_unit = matches!(text(words, 1), "am" | "pm" | "hours" | "o'clock" | "in");
    let is_year = (1900..2100).contains(&value) && !has_unit;
    if 24 <= hour || 60 <= minute || is_year {
        return None;
    }
    let is_military = text(words, 1) == "hours";
    let used = 1 + usize::from(is_military);
    Some(Spoken { hour, minute, is_settled: is_military, is_clear: is_military, is_rough: !is_military, used })
}

/// Takes in "am", "pm", "o'clock", "in the morning", "evening", "at night". Nothing, if the two contradict.
fn take_unit(read: &mut Spoken, words: &[DateWord]) -> Option<()> {
    let mut at = read.used;
    if matches!(text(words, at), "o'clock" | "oclock" | "sharp" | "clock") {
        (at, read.is_clear) = (at + 1, true);
    }
    let lead = (0..3).find(|lead| !matches!(text(words, at + lead), "in" | "the" | "at" | "this" | "early" | "late"));
    let lead = lead.unwrap_or(0);
    let said = text(words, at + lead);
    read.used = at;
    let half = match said {
        "am" => Half::Morning,
        "pm" => Half::Afternoon,
        // "Nine tomorrow morning" is put together later; a part of the day announced by "this" is one.
        "morning" | "mornings" => Half::Morning,
        "afternoon" | "evening" | "evenings" => Half::Afternoon,
        "night" | "tonight" => Half::Night,
        "noon" if lead == 0 && read.hour == 12 => Half::Afternoon,
        "midnight" if lead == 0 && read.hour == 12 => Half::Morning,
        _ => return Some(()),
    };
    if lead == 0 && !read.is_clear && matches!(text(words, at + 1), "class" | "classes") {
        return Some(());
    }
    let is_impossible = matches!(said, "evening" | "evenings") && matches!(read.hour, 1..=3 | 12);
    if is_impossible {
        return None;
    }
    if !read.is_settled || (read.hour == 0 && said == "pm") {
        (read.hour, read.is_settled) = (half.place(read.hour), true);
    }
    // "Tonight" is a day as well and stays to be read.
    let used = if said == "tonight" { at } else { at + lead + 1 };
    (read.is_clear, read.is_rough, read.used) = (true, false, used);
    Some(())
}
