//! At which hours customers pick up: counted, not modelled, so that anybody can check it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

const HOURS: usize = 24;
/// Hours of a band: a customer who was not reached in one is tried in another.
const BAND_HOURS: u8 = 3;
/// The hours that are proposed, in the callee's time. What the law and the shop allow is asked before dialling.
const PROPOSED: std::ops::RangeInclusive<u8> = 9..=19;
/// As many attempts at the usual rate are added to each hour, so that a few calls do not decide.
const PRIOR_ATTEMPTS: f64 = 20.0;
/// What waiting an hour longer costs, in share of customers reached.
const COST_OF_AN_HOUR: f64 = 0.01;
/// How far ahead a better hour is looked for.
const LOOK_AHEAD_HOURS: i64 = 24;

/// Attempts and people reached, by the hour of the callee's day.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct HourCounts {
    pub tried: [u64; HOURS],
    pub reached: [u64; HOURS],
}

impl HourCounts {
    /// The share of attempts at this hour that reach somebody.
    pub fn rate(&self, hour: u8) -> f64 {
        let (all, all_reached) = (self.tried.iter().sum::<u64>() as f64, self.reached.iter().sum::<u64>() as f64);
        let usual = (all_reached + 1.0) / (all + 2.0);
        let index = usize::from(hour) % HOURS;
        (self.reached[index] as f64 + PRIOR_ATTEMPTS * usual) / (self.tried[index] as f64 + PRIOR_ATTEMPTS)
    }

    /// The moment to try again: `earliest`, or the beginning of a later hour that is worth the wait.
    ///
    /// Shape: never later than `latest`; in another band of hours than those in `tried_hours` if there is one.
    pub fn best_time(&self, earliest: Timestamp, latest: Timestamp, zone: &TimeZone, tried_hours: &[u8]) -> Timestamp {
        let candidates = candidates(earliest, latest, zone);
        let is_fresh = |hour: u8| tried_hours.iter().all(|tried| tried / BAND_HOURS != hour / BAND_HOURS);
        let has_fresh = candidates.iter().any(|candidate| is_fresh(candidate.1));
        let worth = |candidate: &(Timestamp, u8)| {
            let hours_waited = candidate.0.duration_since(earliest).as_secs_f64() / 3_600.0;
            self.rate(candidate.1) - COST_OF_AN_HOUR * hours_waited
        };
        let open = candidates.iter().filter(|candidate| !has_fresh || is_fresh(candidate.1));
        // The first of equals: earlier is better.
        let best = open.rev().max_by(|one, other| worth(one).total_cmp(&worth(other)));
        best.map_or(earliest, |candidate| candidate.0)
    }
}

/// The hour of the callee's day.
pub fn local_hour(at: Timestamp, zone: &TimeZone) -> u8 {
    u8::try_from(zone.to_datetime(at).hour()).unwrap_or_default()
}

/// Moments that may be proposed, with their hour, earliest first.
fn candidates(earliest: Timestamp, latest: Timestamp, zone: &TimeZone) -> Vec<(Timestamp, u8)> {
    // Zones are off by halves and quarters of an hour: the hour begins by the callee's clock.
    let offset = i64::from(zone.to_offset(earliest).seconds());
    let this_hour = (earliest.as_second() + offset).div_euclid(3_600) * 3_600 - offset;
    let later = (1..=LOOK_AHEAD_HOURS).filter_map(|hours| {
        Timestamp::from_second(this_hour).ok()?.checked_add(SignedDuration::from_hours(hours)).ok()
    });
    std::iter::once(earliest)
        .chain(later)
        .filter(|at| *at <= latest)
        .map(|at| (at, local_hour(at, zone)))
        .filter(|(_, hour)| PROPOSED.contains(hour))
        .collect()
}
