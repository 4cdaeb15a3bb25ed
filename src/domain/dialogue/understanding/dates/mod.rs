//! Days and times of day as people say them, relative to the customer's local today.
//!
//! What can be read in two ways keeps both and is marked as ambiguous, to be read back; what cannot be read is absent.
//! Deliberately absent: years and months as such, durations, movable feasts, time zones.

mod clock;
mod context;
mod counting;
mod day;
mod evaluate;
mod hours;
mod moment;
mod month_day;
mod numerals;
mod part;
mod phrase;
mod settle;
mod span;
mod weekdays;
mod words;

#[cfg(test)]
mod tests;

use jiff::civil::{Date, DateTime, Time};

pub use evaluate::{evaluate_dates, evaluate_dates_share};
pub use weekdays::WeekdaySet;

use super::numbers::Span;
use super::vocabulary::{Vocabulary, WordSet};

/// The words of days and times. Each section is described where it is used.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct DateLists {
    articles: WordSet,
    cutting: words::CuttingLists,
    numerals: numerals::NumeralLists,
    days: day::DayLists,
    month_days: month_day::MonthDayLists,
    ranges: span::RangeLists,
    parts: part::PartLists,
    clock: clock::ClockLists,
    hours: hours::HourLists,
    spans: moment::SpanLists,
    counting: counting::CountingLists,
    context: context::ContextLists,
    phrases: phrase::PhraseLists,
}

/// Phrases of one utterance that are kept. Later ones are dropped.
const PHRASES_MAX: usize = 6;

/// The hours in which deliveries are made: they decide whether "six" is in the morning or in the evening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryHours {
    pub from: Time,
    pub to: Time,
}

impl Default for DeliveryHours {
    fn default() -> Self {
        Self { from: Time::constant(8, 0, 0, 0), to: Time::constant(21, 0, 0, 0) }
    }
}

/// How a day limits the time that is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayBound {
    /// That very day.
    #[default]
    On,
    /// "By Friday": that day or an earlier one; the need-by date.
    By,
    /// "Before Friday": an earlier day.
    Before,
    /// "From Friday", "not before Friday": that day or a later one.
    From,
    /// "After Friday": a later day.
    After,
}

/// One day, or part of a day, or both, as the caller put it.
///
/// Where a field and its `other_` twin are set, the words can mean either: ask, or read the first one back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatePhrase {
    /// It may lie in the past: say so.
    pub day: Option<Date>,
    /// The other day the same words can mean.
    pub other_day: Option<Date>,
    /// A range of days was named: from `day` to this one, both included.
    pub last_day: Option<Date>,
    pub day_bound: DayBound,
    /// Weekdays in general: "weekdays", "Mondays". `day` is the first of them.
    pub weekdays: WeekdaySet,
    /// Shape: from before to.
    pub window: Option<(Time, Time)>,
    pub other_window: Option<(Time, Time)>,
    /// Beside a window it is the other meaning of the same words: "ten to four".
    pub at: Option<Time>,
    pub not_before: Option<Time>,
    pub not_after: Option<Time>,
    /// The other time that `at`, `not_before` or `not_after` can mean: "nine" within hours from eight to nine.
    pub other_time: Option<Time>,
    /// "Not Monday": the day is ruled out.
    pub is_excluded: bool,
    /// The words can be read in two ways; read the result back before it counts.
    pub is_ambiguous: bool,
    pub heard: Span,
}

impl DatePhrase {
    /// A part of a day was named, in any form.
    pub const fn has_time(&self) -> bool {
        self.window.is_some() || self.at.is_some() || self.not_before.is_some() || self.not_after.is_some()
    }

    /// The one day that is wanted: not a range, not a day ruled out, and none that only limits.
    pub fn wanted_day(&self) -> Option<Date> {
        let is_one = self.last_day.is_none() || self.other_day.is_some();
        let is_meant = matches!(self.day_bound, DayBound::On | DayBound::By | DayBound::From);
        self.day.filter(|_| is_one && is_meant && !self.is_excluded)
    }
}

impl Vocabulary {
    /// Reads every day and time in what was said, in order.
    ///
    /// Shape: `now` is the customer's local date and time.
    pub fn read_dates(&self, text: &str, now: DateTime, hours: DeliveryHours) -> Vec<DatePhrase> {
        let words = words::read(text, &self.dates.cutting);
        phrase::read(words::Heard::new(&words, self), now, hours)
    }
}
