//! How fast a vendor's account may be asked, and when it is left alone.
//!
//! A delivery is admitted only when the account can bear all the requests it may need, so that no delivery waits
//! halfway. What it did not need is given back.

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;

/// Of a limit, a lasting flow takes 6 parts in 10 and a burst 1 part: in no window more than 7 parts in 10.
const FLOW_TENTHS: i64 = 6;
const BURST_TENTHS: i64 = 1;
const TENTHS: i64 = 10;

/// Failures in a row before the whole account is left alone.
const TROUBLE: u32 = 3;

const PAUSE_MAX: Duration = Duration::from_secs(15 * 60);

/// A vendor's own wish is kept within these bounds.
const WISH_MIN: Duration = Duration::from_secs(1);
const WISH_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The kinds of request that vendors count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Every request, whatever else it is.
    Any,
    Search,
    List,
    Create,
}

/// A limit: so many requests of a kind in a window, and how many of them one delivery may need.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    pub lane: Lane,
    pub requests: u32,
    pub window: Duration,
    pub need: u32,
}

/// How many deliveries may begin now; if none, when to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub deliveries: u32,
    pub next_at: Option<Timestamp>,
}

impl Room {
    /// For receivers without a limit.
    pub const UNLIMITED: Self = Self { deliveries: u32::MAX, next_at: None };
}

/// What a vendor says is left of its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    pub requests: u32,
    /// Until the limit is whole again.
    pub reset_after: Duration,
}

/// Kept in tenths of a request times milliseconds of the window, so that nothing is rounded.
#[derive(Clone, Debug)]
struct Bucket {
    lane: Lane,
    need: i64,
    cost: i64,
    capacity: i64,
    per_ms: i64,
    level: i64,
    at: Timestamp,
}

/// The pace of one account.
#[derive(Clone, Debug)]
pub struct Pace {
    buckets: Vec<Bucket>,
    paused_until: Option<Timestamp>,
    failures: u32,
}

impl Bucket {
    fn new(limit: &Allowance, now: Timestamp) -> Self {
        let window = i64::try_from(limit.window.as_millis()).unwrap_or(i64::MAX).clamp(1, 86_400_000);
        let requests = i64::from(limit.requests.max(1));
        let need = i64::from(limit.need.max(1));
        let cost = window * TENTHS;
        let capacity = (requests * BURST_TENTHS / TENTHS).max(need) * cost;
        Self { lane: limit.lane, need, cost, capacity, per_ms: requests * FLOW_TENTHS, level: capacity, at: now }
    }

    fn refill(&mut self, now: Timestamp) {
        let passed = now.as_millisecond().saturating_sub(self.at.as_millisecond());
        // A clock set back neither fills nor empties.
        if passed > 0 {
            self.level = self.level.saturating_add(passed.saturating_mul(self.per_ms)).min(self.capacity);
        }
        self.at = now;
    }

    fn deliveries(&self) -> u32 {
        u32::try_from(self.level.max(0) / (self.need * self.cost)).unwrap_or(u32::MAX)
    }

    /// How long until one delivery fits.
    fn wait(&self) -> Duration {
        let missing = (self.need * self.cost - self.level).max(0);
        Duration::from_millis(u64::try_from((missing + self.per_ms - 1) / self.per_ms).unwrap_or(0))
    }
}

impl Pace {
    /// A pace within these limits.
    pub fn new(limits: &[Allowance], now: Timestamp) -> Self {
        let buckets = limits.iter().map(|limit| Bucket::new(limit, now)).collect();
        Self { buckets, paused_until: None, failures: 0 }
    }

    /// How many deliveries may begin.
    pub fn room(&mut self, now: Timestamp) -> Room {
        if let Some(until) = self.paused_until.filter(|until| now < *until) {
            return Room { deliveries: 0, next_at: Some(until) };
        }
        for bucket in &mut self.buckets {
            bucket.refill(now);
        }
        let deliveries = self.buckets.iter().map(Bucket::deliveries).min().unwrap_or(u32::MAX);
        if deliveries == 0 {
            let wait = self.buckets.iter().map(Bucket::wait).max().unwrap_or_default();
            return Room { deliveries, next_at: Some(later(now, wait)) };
        }
        // After a pause one delivery tries whether the vendor is back.
        let is_trying = TROUBLE <= self.failures;
        Room { deliveries: if is_trying { 1 } else { deliveries }, next_at: None }
    }

    /// Sets aside what one delivery may need.
    ///
    /// Errors: when it cannot begin before then.
    pub fn admit(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        let room = self.room(now);
        if room.deliveries == 0 {
            return Err(room.next_at.unwrap_or(now));
        }
        for bucket in &mut self.buckets {
            bucket.level -= bucket.need * bucket.cost;
        }
        Ok(())
    }

    /// A delivery has ended that made so many requests of a kind; `Any` counts all of them.
    pub fn give_back(&mut self, used: impl Fn(Lane) -> u32) {
        for bucket in &mut self.buckets {
            let unused = bucket.need - i64::from(used(bucket.lane));
            bucket.level = bucket.level.saturating_add(unused.saturating_mul(bucket.cost)).min(bucket.capacity);
        }
    }

    /// The vendor answered as it should.
    pub const fn answered(&mut self) {
        self.failures = 0;
    }

    /// The vendor failed, or asked to be left alone.
    pub fn troubled(&mut self, now: Timestamp, retry_after: Option<Duration>) {
        self.failures = self.failures.saturating_add(1);
        let own = self
            .failures
            .checked_sub(TROUBLE)
            .map(|over| Duration::from_secs(1_u64.checked_shl(over.min(20)).unwrap_or(u64::MAX)).min(PAUSE_MAX));
        let wait = retry_after.map(|wish| wish.clamp(WISH_MIN, WISH_MAX)).or(own);
        if let Some(wait) = wait {
            self.pause(later(now, wait));
        }
    }

    /// The vendor said what is left. Too little for one delivery, and the account rests until the limit is whole.
    pub fn note_remaining(&mut self, now: Timestamp, remaining: Remaining) {
        let need = self.buckets.iter().filter(|bucket| bucket.lane == Lane::Any).map(|bucket| bucket.need).max();
        if i64::from(remaining.requests) < need.unwrap_or(0) {
            self.pause(later(now, remaining.reset_after.clamp(WISH_MIN, WISH_MAX)));
        }
    }

    fn pause(&mut self, until: Timestamp) {
        self.paused_until = Some(self.paused_until.map_or(until, |before| before.max(until)));
    }
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    now.saturating_add(wait).unwrap_or(Timestamp::MAX)
}
