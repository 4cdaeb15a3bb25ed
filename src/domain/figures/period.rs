//! Which days people mean.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// An end of a period: a moment, or a day by the shop's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodEnd {
    Moment(Timestamp),
    Day(Date),
}

/// A period that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a day such as 2026-11-24, or a time with its offset such as 2026-11-24T14:00:00+05:30")]
pub struct InvalidPeriodEnd;

impl FromStr for PeriodEnd {
    type Err = InvalidPeriodEnd;
    fn from_str(text: &str) -> Result<Self, InvalidPeriodEnd> {
        let is_day = text.len() == "2026-11-24".len();
        match (text.parse().ok().filter(|_| is_day), text.parse()) {
            (Some(day), _) => Ok(Self::Day(day)),
            (None, Ok(moment)) => Ok(Self::Moment(moment)),
            (None, Err(_)) => Err(InvalidPeriodEnd),
        }
    }
}

impl PeriodEnd {
    /// Where a period begins that begins with this.
    pub fn first_moment(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Moment(moment) => moment,
            Self::Day(day) => begin_of(day, zone),
        }
    }

    /// Where a period ends that ends with this; of a day, the whole of it is in the period.
    pub fn end(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Moment(moment) => moment,
            Self::Day(day) => day.tomorrow().map_or(Timestamp::MAX, |next| begin_of(next, zone)),
        }
    }
}

/// When a day begins by the clocks of a zone.
pub fn begin_of(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone()).map_or(Timestamp::MAX, |begin| begin.timestamp())
}
