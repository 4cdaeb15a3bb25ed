//! When a delivery to another system is tried again, when it is given up, and how fast a system may be asked.

mod pace;
mod ticket;

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;

pub use pace::{Allowance, Lane, Pace, Remaining, Room};
pub use ticket::wants_ticket;

const SECOND: u64 = 1;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// How long to wait before each attempt, about three days in all.
///
/// Source: the retry schedule suggested by the Standard Webhooks specification 1.0.0.
const DELAYS_SECONDS: [u64; 10] =
    [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/// The waits of [`RetrySchedule::Steady`] double up to this one.
const STEADY_DELAY_MAX: Duration = Duration::from_secs(15 * MINUTE);

/// About three days of quarter hours.
const STEADY_ATTEMPTS_MAX: u32 = 380;

/// How a connector's deliveries are tried again. Either takes about three days before giving up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetrySchedule {
    /// Ten attempts, ever further apart: for receivers that are told nothing but the outcome.
    Sparse,
    /// Doubling up to a quarter of an hour: for vendors, whose account is left alone as a whole while they are away.
    Steady,
}

impl RetrySchedule {
    /// Attempts before a delivery is given up.
    pub const fn attempts_max(self) -> u32 {
        match self {
            Self::Sparse => DELAYS_SECONDS.len() as u32,
            Self::Steady => STEADY_ATTEMPTS_MAX,
        }
    }

    /// The wait after attempt number `attempts`; none when there is no further one.
    fn delay(self, attempts: u32) -> Option<Duration> {
        match self {
            Self::Sparse => DELAYS_SECONDS.get(attempts as usize).map(|seconds| Duration::from_secs(*seconds)),
            Self::Steady if attempts < STEADY_ATTEMPTS_MAX => {
                let doubled = 1_u64.checked_shl(attempts.min(20)).map_or(STEADY_DELAY_MAX, Duration::from_secs);
                Some(doubled.min(STEADY_DELAY_MAX))
            }
            Self::Steady => None,
        }
    }
}

/// By how much jitter lengthens a delay at most: it parts deliveries that failed together.
const JITTER_SHARE: f64 = 0.2;

/// A receiver's own wish is kept within these bounds: neither a storm nor for ever.
const RETRY_AFTER_MIN: Duration = Duration::from_secs(1);
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * HOUR);

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptFailure {
    /// It may work later. `retry_after` is the receiver's own wish.
    Passing { retry_after: Option<Duration> },
    /// It would fail again.
    Final,
}

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextAttempt {
    At(Timestamp),
    GiveUp,
}

/// Decides what follows the failure of attempt number `attempts`, counted from 1.
///
/// Shape: `jitter` from 0.0 to 1.0, drawn by the caller. The receiver's own wish beats the schedule; the number of
/// attempts does not change by it.
pub fn plan_after_failure(
    schedule: RetrySchedule,
    attempts: u32,
    failure: AttemptFailure,
    now: Timestamp,
    jitter: f64,
) -> NextAttempt {
    let AttemptFailure::Passing { retry_after } = failure else { return NextAttempt::GiveUp };
    let Some(delay) = schedule.delay(attempts) else { return NextAttempt::GiveUp };
    // Not a clamp, which would let "not a number" through.
    let jitter = if (0.0..=1.0).contains(&jitter) { jitter } else { 1.0 };
    let wait = retry_after
        .map_or(delay, |wished| wished.clamp(RETRY_AFTER_MIN, RETRY_AFTER_MAX))
        .mul_f64(1.0 + JITTER_SHARE * jitter);
    NextAttempt::At(now.saturating_add(wait).unwrap_or(Timestamp::MAX))
}
