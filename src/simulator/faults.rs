//! A bad network, from a seed: frames delayed, lost, sent twice, or overtaken.

use std::collections::BTreeMap;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// How bad it is. The default is a perfect network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkFaults {
    /// Every frame is delayed by up to this; none overtakes another by it.
    pub jitter_ms_max: u64,
    /// Share of frames that never arrive.
    pub loss: f64,
    /// Share of frames that arrive twice.
    pub repeat: f64,
    /// Share of frames that arrive late, after others.
    pub late: f64,
    pub late_by_ms: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FaultCounts {
    pub(super) lost: u64,
    pub(super) repeated: u64,
    pub(super) late: u64,
}

/// Messages on their way, each with the time it is due.
pub(super) struct FaultyLine {
    faults: NetworkFaults,
    chance: SmallRng,
    /// By due time, then by order of sending.
    on_the_way: BTreeMap<(u64, u64), String>,
    sent: u64,
    last_due_ms: u64,
    counts: FaultCounts,
}

impl FaultyLine {
    pub(super) fn new(faults: NetworkFaults, seed: u64) -> Self {
        let chance = SmallRng::seed_from_u64(seed);
        Self { faults, chance, on_the_way: BTreeMap::new(), sent: 0, last_due_ms: 0, counts: FaultCounts::default() }
    }

    /// Sends a frame: it may suffer anything.
    pub(super) fn send_frame(&mut self, now_ms: u64, message: String) {
        if self.happens(self.faults.loss) {
            self.counts.lost += 1;
            return;
        }
        if self.happens(self.faults.late) {
            self.counts.late += 1;
            self.put(now_ms + self.faults.late_by_ms, message);
            return;
        }
        let is_repeated = self.happens(self.faults.repeat);
        let due_ms = self.jittered(now_ms);
        if is_repeated {
            self.counts.repeated += 1;
            self.put(due_ms, message.clone());
        }
        self.put(due_ms, message);
    }

    /// Sends a control message: it only keeps its place among the frames.
    pub(super) fn send_control(&mut self, now_ms: u64, message: String) {
        let due_ms = self.last_due_ms.max(now_ms);
        self.put(due_ms, message);
    }

    /// The next message that has arrived by now.
    pub(super) fn next_due(&mut self, now_ms: u64) -> Option<String> {
        let first = self.on_the_way.first_entry()?;
        (first.key().0 <= now_ms).then(|| first.remove())
    }

    /// When the next message arrives.
    pub(super) fn due_at_ms(&self) -> Option<u64> {
        self.on_the_way.keys().next().map(|(due_ms, _)| *due_ms)
    }

    pub(super) fn counts(&self) -> FaultCounts {
        self.counts
    }

    fn jittered(&mut self, now_ms: u64) -> u64 {
        let delay_ms = match self.faults.jitter_ms_max {
            0 => 0,
            jitter_ms_max => self.chance.random_range(0..=jitter_ms_max),
        };
        self.last_due_ms = self.last_due_ms.max(now_ms + delay_ms);
        self.last_due_ms
    }

    fn happens(&mut self, share: f64) -> bool {
        share > 0.0 && self.chance.random::<f64>() < share
    }

    fn put(&mut self, due_ms: u64, message: String) {
        self.sent += 1;
        self.on_the_way.insert((due_ms, self.sent), message);
    }
}

#[cfg(test)]
mod tests;
