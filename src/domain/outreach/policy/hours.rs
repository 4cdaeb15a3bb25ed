//! The hours of a week in which a phone may ring.

use jiff::civil::{Time, Weekday};

use crate::domain::quoted;

/// A part of one day, by the callee's own clock: from the first to before the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub from: Time,
    pub to: Time,
}

/// Hours that are not written as `09:00-20:00` or `none`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` are no hours: write them as \"09:00-20:00\", or \"none\" for a day without calls")]
pub struct InvalidHours(String);

/// The hours of one day; none is a day without calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayHours(pub Option<Hours>);

impl std::str::FromStr for DayHours {
    type Err = InvalidHours;
    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        if text == "none" {
            return Ok(Self(None));
        }
        let invalid = || InvalidHours(quoted(text));
        let (from, to) = text.split_once('-').ok_or_else(invalid)?;
        let hours = Hours { from: from.parse().map_err(|_| invalid())?, to: to.parse().map_err(|_| invalid())? };
        if hours.from < hours.to { Ok(Self(Some(hours))) } else { Err(invalid()) }
    }
}

impl<'de> serde::Deserialize<'de> for DayHours {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl DayHours {
    /// What lies within both.
    fn and(self, other: Self) -> Self {
        let (Some(one), Some(other)) = (self.0, other.0) else { return Self(None) };
        let both = Hours { from: one.from.max(other.from), to: one.to.min(other.to) };
        Self((both.from < both.to).then_some(both))
    }
}

/// The hours of each day of a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week([DayHours; 7]);

impl Week {
    pub const fn new(weekday: DayHours, saturday: DayHours, sunday: DayHours) -> Self {
        Self([weekday, weekday, weekday, weekday, weekday, saturday, sunday])
    }

    pub fn on(&self, day: Weekday) -> Option<Hours> {
        self.0[usize::from(day.to_monday_zero_offset().unsigned_abs())].0
    }

    /// What lies within both.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (day, other) in self.0.iter_mut().zip(other.0) {
            *day = day.and(other);
        }
        self
    }
}
