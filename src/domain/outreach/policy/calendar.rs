//! The earliest instant at which a phone may ring, by every clock that may be the callee's.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::bounds::Bounds;

/// How far ahead an opening is looked for.
pub(super) const HORIZON: SignedDuration = SignedDuration::from_hours(21 * 24);

/// A clock that may be the callee's, and the hours that hold by it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock<'a> {
    pub(super) zone: &'a TimeZone,
    pub(super) bounds: &'a Bounds,
}

impl Clock<'_> {
    pub(super) fn is_open(&self, at: Timestamp) -> bool {
        let local = self.zone.to_datetime(at);
        let hours = self.bounds.hours_on(local.date());
        hours.is_some_and(|hours| hours.from <= local.time() && local.time() < hours.to)
    }

    /// The first instant from `from` on that is open. Steps never pass a change of the clock, so that neither a
    /// skipped nor a repeated hour is misread.
    fn next_open(&self, from: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let mut at = from;
        while at <= until {
            let local = self.zone.to_datetime(at);
            let hours = self.bounds.hours_on(local.date());
            let next = match hours {
                Some(hours) if local.time() < hours.from => local.date().to_datetime(hours.from),
                Some(hours) if local.time() < hours.to => return Some(at),
                Some(_) | None => local.date().tomorrow().ok()?.to_datetime(jiff::civil::Time::midnight()),
            };
            let candidate = at.checked_add(next.duration_since(local)).ok()?;
            let change = self.zone.following(at).next().map(|change| change.timestamp());
            at = change.map_or(candidate, |change| change.min(candidate));
        }
        None
    }
}

/// The first instant from `from` on at which every clock is open; none within the horizon.
pub(super) fn earliest(clocks: &[Clock<'_>], from: Timestamp) -> Option<Timestamp> {
    let until = from.checked_add(HORIZON).ok()?;
    let mut at = from;
    loop {
        let mut next = at;
        for clock in clocks {
            next = if clock.is_open(next) { next } else { clock.next_open(next, until)? };
        }
        if next == at {
            return Some(at);
        }
        at = next;
    }
}
