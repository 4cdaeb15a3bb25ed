//! How many calls this server may have in the air: never more than it can speak to, by its own measured frames.

use jiff::{SignedDuration, Timestamp};

/// Calls in the air with which a server begins.
const ALLOWED_AT_FIRST: u32 = 8;
/// Between two steps up.
const GROW_EVERY: SignedDuration = SignedDuration::from_millis(500);
/// Between two steps down: a step must show before the next.
const SHRINK_EVERY: SignedDuration = SignedDuration::from_secs(2);
/// Once frames have been late, growth is careful.
const CAREFUL_STEP: u32 = 2;

/// What a server has to do at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Conversations.
    pub live: u32,
    /// Calls of ours that ring.
    pub ringing: u32,
    /// Of the frames sent lately, how many in a thousand were late.
    pub frames_late_permille: u32,
    pub is_draining: bool,
}

/// What a server may take on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacingLimits {
    /// Calls at once, whoever makes them.
    pub calls_max: u32,
    /// Of these, kept for those who call in.
    pub inbound_reserve_percent: u32,
    /// More late frames in a thousand mean that it has too much to do.
    pub frames_late_permille_max: u32,
}

impl PacingLimits {
    /// Calls in the air, conversations of all kinds included, beyond which nothing is dialled.
    pub const fn ceiling(&self) -> u32 {
        self.calls_max - self.calls_max * min(self.inbound_reserve_percent, 100) / 100
    }
}

const fn min(one: u32, other: u32) -> u32 {
    if one < other { one } else { other }
}

/// Finds out how much a server can do: doubles until frames come late, then goes back and grows slowly.
#[derive(Clone, Debug)]
pub struct Pacer {
    limits: PacingLimits,
    allowed: u32,
    has_been_late: bool,
    changed_at: Option<Timestamp>,
}

impl Pacer {
    pub fn new(limits: PacingLimits) -> Self {
        Self { limits, allowed: ALLOWED_AT_FIRST.min(limits.ceiling()), has_been_late: false, changed_at: None }
    }

    pub const fn allowed(&self) -> u32 {
        self.allowed
    }

    /// How many more calls may be dialled now. No call is placed without a free place to answer it.
    pub fn room(&mut self, now: Timestamp, load: &Load) -> u32 {
        let in_the_air = load.live.saturating_add(load.ringing);
        let since = self.changed_at.map_or(SignedDuration::MAX, |at| now.duration_since(at));
        if self.limits.frames_late_permille_max < load.frames_late_permille {
            self.has_been_late = true;
            if SHRINK_EVERY <= since {
                self.allowed = (in_the_air.min(self.allowed) * 7 / 10).max(1);
                self.changed_at = Some(now);
            }
        } else if GROW_EVERY <= since && self.allowed <= in_the_air.saturating_mul(2) {
            let step = if self.has_been_late { CAREFUL_STEP } else { self.allowed };
            self.allowed = self.allowed.saturating_add(step).min(self.limits.ceiling());
            self.changed_at = Some(now);
        }
        if load.is_draining { 0 } else { self.allowed.min(self.limits.ceiling()).saturating_sub(in_the_air) }
    }
}
