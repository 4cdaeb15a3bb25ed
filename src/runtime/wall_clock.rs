//! What time it is, for whoever is given it.

use jiff::{SignedDuration, Timestamp};

/// The wall clock, as an argument. The default tells the true time.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallClock {
    ahead: SignedDuration,
}

impl WallClock {
    /// A clock that shows `at` now and goes on from there: for calls that are played on a certain day.
    pub fn showing(at: Timestamp) -> Self {
        Self { ahead: at.duration_since(Timestamp::now()) }
    }

    pub fn now(self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.ahead).unwrap_or(now)
    }
}
