//! Settles what a time leaves open: the half of the day, by the part that was named and by the delivery hours.

use jiff::{Unit, civil::Time};

use super::{
    DatePhrase, DeliveryHours,
    clock::{Settled, Spoken},
    hours::{Said, TimeRead},
    part::Half,
};

/// What decides the half of the day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settling {
    /// The part of the day named in the same phrase.
    pub(super) half: Option<Half>,
    pub(super) hours: DeliveryHours,
}

impl Settling {
    /// Puts a time into the phrase. Nothing, if it can be no time.
    pub(super) fn put(self, read: TimeRead, phrase: &mut DatePhrase) -> Option<()> {
        phrase.is_ambiguous |= read.is_ambiguous;
        let mut other = None;
        match read.said {
            Said::At(spoken) => {
                let settled = self.settle(spoken)?;
                (phrase.at, other) = (Some(settled.time), settled.other);
            }
            Said::Either(first, second) => {
                let (first, second) = (self.settle(first)?, self.settle(second)?);
                (phrase.at, other) = (Some(first.time), Some(on_same_half(first.time, second.time)));
            }
            Said::NotBefore(spoken) => {
                let settled = self.settle(spoken)?;
                (phrase.not_before, other) = (Some(settled.time), settled.other);
            }
            Said::NotAfter(spoken) => {
                let settled = self.settle(spoken)?;
                (phrase.not_after, other) = (Some(settled.time), settled.other);
            }
            Said::Window(from, to) => self.put_window(from, to, phrase)?,
            Said::Minutes(before, from, to) => {
                // Where no window fits, only the minutes are left.
                let _ = self.put_window(from, to, phrase);
                let settled = self.settle(before)?;
                (phrase.at, other) = (Some(settled.time), settled.other);
            }
            Said::Moment(day, time) => {
                phrase.day = Some(phrase.day.unwrap_or(day));
                phrase.at = Some(time.round(Unit::Minute).unwrap_or(time));
            }
            Said::NotBeforeAnchor(time) => phrase.not_before = Some(time),
            Said::NotAfterAnchor(time) => phrase.not_after = Some(time),
        }
        phrase.is_ambiguous |= other.is_some();
        phrase.other_time = phrase.other_time.or(other);
        Some(())
    }

    fn settle(self, spoken: Spoken) -> Option<Settled> {
        self.half.map_or(spoken, |half| spoken.settled_by(half)).settle(self.hours)
    }

    /// A window within the delivery hours, its beginning before its end; the shortest one where several fit.
    fn put_window(self, from: Spoken, to: Spoken, phrase: &mut DatePhrase) -> Option<()> {
        let spread = |spoken: Spoken| self.half.map_or(spoken, |half| spoken.settled_by(half)).readings();
        // "Morning 10 to 1" ends in the afternoon: the end may leave the part of the day that was named.
        let ends = [spread(to), to.readings()].concat();
        let mut fitting: Vec<(Time, Time)> = Vec::new();
        for start in spread(from) {
            fitting.extend(ends.iter().filter(|end| start < **end).map(|end| (start, *end)));
        }
        fitting.sort_by_key(|(start, end)| (end.duration_since(*start), *start));
        fitting.dedup();
        let is_open = |(start, end): &&(Time, Time)| self.hours.from <= *start && *end <= self.hours.to;
        let open: Vec<(Time, Time)> = fitting.iter().filter(is_open).copied().collect();
        let is_settled = self.half.is_some() || (from.is_settled() && to.is_settled());
        let (window, other) = match *open.as_slice() {
            [window] => (window, None),
            [window, other, ..] => (window, Some(other).filter(|_| !to.is_settled() && self.half.is_none())),
            [] => (*fitting.first()?, fitting.get(1).copied().filter(|_| !is_settled)),
        };
        (phrase.window, phrase.other_window) = (Some(window), other);
        phrase.is_ambiguous |= other.is_some() || (open.is_empty() && !is_settled);
        Some(())
    }
}

/// "Five or six" share their half of the day.
fn on_same_half(first: Time, second: Time) -> Time {
    let half = if first.hour() < 12 { 0 } else { 12 };
    Time::new(second.hour() % 12 + half, second.minute(), 0, 0).unwrap_or(second)
}
