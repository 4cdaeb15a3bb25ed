//! The caller's audio as far as it may still be wanted: the segment in progress, or a little before now.

use std::collections::VecDeque;
use std::time::Duration;

use super::audio::SAMPLE_RATE_HZ;
use crate::domain::values::SegmentId;

/// Kept while nobody speaks, for the pre-roll of the next segment: 600 ms, 19 kB.
const PRE_ROLL_SAMPLES_MAX: usize = SAMPLE_RATE_HZ as usize * 6 / 10;

/// The longest segment kept: 8 s, 256 kB. Beyond it the oldest audio is forgotten: a call must not grow with the
/// caller's breath, and an answer comes at the end of a long speech.
const SEGMENT_SAMPLES_MAX: usize = SAMPLE_RATE_HZ as usize * 8;

/// Room taken at a time while a segment grows: 2 s, 64 kB.
const GROWTH_SAMPLES: usize = SAMPLE_RATE_HZ as usize * 2;

/// Room kept between segments: what most answers need, and no more.
const ROOM_KEPT_SAMPLES: usize = PRE_ROLL_SAMPLES_MAX + GROWTH_SAMPLES;

/// A bounded memory of 16 kHz audio.
pub(super) struct Track {
    samples: VecDeque<i16>,
    open: Option<SegmentId>,
}

impl Track {
    pub(super) fn new() -> Self {
        Self { samples: VecDeque::with_capacity(ROOM_KEPT_SAMPLES), open: None }
    }

    /// Takes audio. Allocates only when a segment outgrows the room of the ones before it.
    pub(super) fn push(&mut self, samples: &[i16]) {
        let kept_max = if self.open.is_some() { SEGMENT_SAMPLES_MAX } else { PRE_ROLL_SAMPLES_MAX };
        let samples = &samples[samples.len().saturating_sub(kept_max)..];
        let excess = (self.samples.len() + samples.len()).saturating_sub(kept_max);
        self.samples.drain(..excess.min(self.samples.len()));
        if self.samples.capacity() < self.samples.len() + samples.len() {
            self.samples.reserve_exact(GROWTH_SAMPLES.max(samples.len()));
        }
        self.samples.extend(samples);
    }

    /// Starts a segment `pre_roll` before the newest sample; at most 600 ms of it are still there.
    pub(super) fn begin(&mut self, segment: SegmentId, pre_roll: Duration) {
        let wanted = usize::try_from(pre_roll.as_millis()).unwrap_or(usize::MAX);
        let wanted = wanted.saturating_mul(SAMPLE_RATE_HZ as usize / 1_000).min(PRE_ROLL_SAMPLES_MAX);
        self.keep_newest(wanted);
        self.open = Some(segment);
    }

    /// The segment's audio so far, or nothing when it is not the one in progress.
    pub(super) fn segment(&self, segment: SegmentId) -> Option<Vec<i16>> {
        (self.open == Some(segment)).then(|| {
            let (older, newer) = self.samples.as_slices();
            [older, newer].concat()
        })
    }

    pub(super) fn end(&mut self, segment: SegmentId) {
        if self.open == Some(segment) {
            self.open = None;
            self.keep_newest(PRE_ROLL_SAMPLES_MAX);
            self.samples.shrink_to(ROOM_KEPT_SAMPLES);
        }
    }

    fn keep_newest(&mut self, count: usize) {
        let excess = self.samples.len().saturating_sub(count);
        self.samples.drain(..excess);
    }
}

#[cfg(test)]
mod tests;
