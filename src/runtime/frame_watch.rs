//! How many of the frames sent lately were late: what a server says of itself before it takes on more.

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The carrier plays ahead of what it is sent, so a frame may be a frame late before anybody could hear it.
const LATE: Duration = Duration::from_millis(20);

/// Whole seconds that are looked back on, beside the present one.
const SECONDS: u64 = 2;
const SLOTS: usize = 4;

/// Counts frames by the second. Shared by all calls without a lock.
pub(super) struct FrameWatch {
    epoch: Instant,
    slots: [Slot; SLOTS],
}

#[derive(Default)]
struct Slot {
    /// Which second it counts, from 1.
    second: AtomicU64,
    frames: AtomicU32,
    late: AtomicU32,
}

impl Default for FrameWatch {
    fn default() -> Self {
        Self { epoch: Instant::now(), slots: Default::default() }
    }
}

impl FrameWatch {
    pub(super) fn record(&self, lateness: Duration) {
        let second = self.second();
        let slot = &self.slots[usize::try_from(second).unwrap_or_default() % SLOTS];
        // Two calls may both begin a second; a frame less in the count is no matter.
        if slot.second.swap(second, Ordering::Relaxed) != second {
            slot.frames.store(0, Ordering::Relaxed);
            slot.late.store(0, Ordering::Relaxed);
        }
        slot.frames.fetch_add(1, Ordering::Relaxed);
        slot.late.fetch_add(u32::from(LATE < lateness), Ordering::Relaxed);
    }

    pub(super) fn late_permille(&self) -> u32 {
        let second = self.second();
        let is_recent = |slot: &&Slot| second <= slot.second.load(Ordering::Relaxed) + SECONDS;
        let (frames, late) = self.slots.iter().filter(is_recent).fold((0_u64, 0_u64), |(frames, late), slot| {
            let count = |counter: &AtomicU32| u64::from(counter.load(Ordering::Relaxed));
            (frames + count(&slot.frames), late + count(&slot.late))
        });
        u32::try_from(late * 1_000 / frames.max(1)).unwrap_or(u32::MAX)
    }

    fn second(&self) -> u64 {
        self.epoch.elapsed().as_secs() + 1
    }
}
