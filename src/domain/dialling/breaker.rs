//! Stops dialling over a trunk that fails, and tries it again with a single call.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// Attempts that are looked back on.
const WINDOW: usize = 20;
/// Too few attempts say nothing.
const ATTEMPTS_MIN: usize = 10;
const FAILURES_OPEN_PERCENT: usize = 50;

const REST_FIRST: SignedDuration = SignedDuration::from_secs(30);
const REST_MAX: SignedDuration = SignedDuration::from_mins(10);

/// A probe whose outcome has not come by then no longer counts; another may go out.
const PROBE_MAX: SignedDuration = SignedDuration::from_mins(4);

/// Whether a trunk is dialled over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    Closed,
    /// Nothing is dialled until `until`.
    Open {
        until: Timestamp,
    },
    /// One call is out to see whether it works again.
    Probing {
        since: Timestamp,
    },
}

/// The same without its times, for figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    Closed,
    Probing,
    Open,
}

/// The breaker of one trunk.
#[derive(Clone, Debug)]
pub struct Breaker {
    circuit: Circuit,
    /// Whether each of the last attempts failed.
    last: VecDeque<bool>,
    rest: SignedDuration,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { circuit: Circuit::Closed, last: VecDeque::with_capacity(WINDOW), rest: REST_FIRST }
    }
}

impl Breaker {
    pub const fn state(&self) -> BreakerState {
        match self.circuit {
            Circuit::Closed => BreakerState::Closed,
            Circuit::Open { .. } => BreakerState::Open,
            Circuit::Probing { .. } => BreakerState::Probing,
        }
    }

    /// How many of `wanted` calls may go out now.
    pub fn admits(&self, now: Timestamp, wanted: u32) -> u32 {
        match self.circuit {
            Circuit::Closed => wanted,
            Circuit::Open { until } if until <= now => wanted.min(1),
            Circuit::Probing { since } if since.saturating_add(PROBE_MAX).is_ok_and(|end| end <= now) => wanted.min(1),
            Circuit::Open { .. } | Circuit::Probing { .. } => 0,
        }
    }

    /// A call goes out.
    pub fn note_dialled(&mut self, now: Timestamp) {
        match self.circuit {
            Circuit::Closed => (),
            Circuit::Open { .. } | Circuit::Probing { .. } => self.circuit = Circuit::Probing { since: now },
        }
    }

    /// An attempt has its outcome: whether the network failed, whoever was or was not reached.
    pub fn note_outcome(&mut self, now: Timestamp, has_failed: bool) {
        match self.circuit {
            // Outcomes of calls that were out before it opened say nothing new.
            Circuit::Open { .. } => (),
            Circuit::Probing { .. } if has_failed => {
                self.rest = (self.rest * 2).min(REST_MAX);
                self.open(now);
            }
            Circuit::Probing { .. } => *self = Self::default(),
            Circuit::Closed => {
                if self.last.len() == WINDOW {
                    self.last.pop_front();
                }
                self.last.push_back(has_failed);
                let failures = self.last.iter().filter(|has_failed| **has_failed).count();
                if ATTEMPTS_MIN <= self.last.len() && FAILURES_OPEN_PERCENT * self.last.len() <= failures * 100 {
                    self.open(now);
                }
            }
        }
    }

    fn open(&mut self, now: Timestamp) {
        self.last.clear();
        self.circuit = Circuit::Open { until: now.saturating_add(self.rest).unwrap_or(Timestamp::MAX) };
    }
}
