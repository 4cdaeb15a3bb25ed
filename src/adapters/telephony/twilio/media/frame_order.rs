//! Caller frames back in order: repeats are dropped, late ones waited for shortly, losses reported.

use crate::ports::telephony::{MediaEvent, MediaFault};

/// Frames held back while an earlier one is missing. Beyond it the missing one counts as lost:
/// 60 ms of extra delay is the most a loss may cost.
const HELD_FRAMES_MAX: usize = 3;
/// A chunk number this far from the expected one is not a late frame but a counter that started anew.
const CHUNK_DISTANCE_MAX: u64 = 500;
/// What a chunk that never came is taken to have lasted, when timestamps do not say.
const CHUNK_MS: u64 = 20;
/// A jump in timestamps, with no chunk missing, that is a loss and not clock jitter.
const TIME_JUMP_MS_MIN: u64 = 100;
/// The longest loss reported; more than this tells nothing more.
const MISSING_MS_MAX: u64 = 60_000;
const SAMPLES_PER_MS: u64 = 8;

/// A decoded frame with what the message said of its place.
#[derive(Clone, Copy)]
pub(super) struct CallerFrame<'a> {
    /// Counts from 1. None: taken in order of arrival.
    pub(super) chunk: Option<u64>,
    /// Since the stream began.
    pub(super) time_ms: Option<u64>,
    pub(super) samples: &'a [i16],
}

/// The order of one stream's frames. Buffers are reused; at most [`HELD_FRAMES_MAX`] are filled.
#[derive(Default)]
pub(super) struct FrameOrder {
    next_chunk: Option<u64>,
    next_time_ms: u64,
    /// By chunk, lowest first.
    held: Vec<HeldFrame>,
    spare: Vec<Vec<i16>>,
}

struct HeldFrame {
    chunk: u64,
    time_ms: Option<u64>,
    samples: Vec<i16>,
}

impl FrameOrder {
    /// Takes a frame; gives on what is now in order.
    ///
    /// Errors: [`MediaFault::WrongOrder`] for a repeated frame, or one that was already given up.
    pub(super) fn accept(
        &mut self,
        frame: CallerFrame<'_>,
        on_event: &mut dyn FnMut(MediaEvent<'_>),
    ) -> Result<(), MediaFault> {
        let Some(chunk) = frame.chunk else {
            self.give(0, frame, on_event);
            return Ok(());
        };
        let next = self.next_chunk.unwrap_or(chunk);
        if chunk.abs_diff(next) > CHUNK_DISTANCE_MAX {
            self.flush(on_event);
            self.give(0, frame, on_event);
            return Ok(());
        }
        if chunk < next || self.held.iter().any(|held| held.chunk == chunk) {
            return Err(MediaFault::WrongOrder);
        }
        if chunk == next {
            self.give(0, frame, on_event);
        } else {
            self.hold(chunk, frame);
        }
        self.give_held(HELD_FRAMES_MAX, on_event);
        Ok(())
    }

    /// Gives on what is held, whatever is missing.
    pub(super) fn flush(&mut self, on_event: &mut dyn FnMut(MediaEvent<'_>)) {
        self.give_held(0, on_event);
    }

    fn hold(&mut self, chunk: u64, frame: CallerFrame<'_>) {
        let mut samples = self.spare.pop().unwrap_or_default();
        samples.clear();
        samples.extend_from_slice(frame.samples);
        let place = self.held.partition_point(|held| held.chunk < chunk);
        self.held.insert(place, HeldFrame { chunk, time_ms: frame.time_ms, samples });
    }

    /// Gives on held frames while they follow on, or while more than `held_max` are waiting.
    fn give_held(&mut self, held_max: usize, on_event: &mut dyn FnMut(MediaEvent<'_>)) {
        while let Some(first) = self.held.first() {
            let next = self.next_chunk.unwrap_or(first.chunk);
            if first.chunk != next && self.held.len() <= held_max {
                return;
            }
            let held = self.held.remove(0);
            let frame = CallerFrame { chunk: Some(held.chunk), time_ms: held.time_ms, samples: &held.samples };
            self.give(held.chunk.saturating_sub(next), frame, on_event);
            self.spare.push(held.samples);
        }
    }

    /// Gives on one frame, and before it the loss of the chunks that never came.
    fn give(&mut self, chunks_missing: u64, frame: CallerFrame<'_>, on_event: &mut dyn FnMut(MediaEvent<'_>)) {
        if let Some(chunk) = frame.chunk {
            self.next_chunk = Some(chunk.saturating_add(1));
        }
        let is_first = self.next_time_ms == 0;
        let media_time_ms = frame.time_ms.unwrap_or(self.next_time_ms.saturating_add(chunks_missing * CHUNK_MS));
        let missing_ms = media_time_ms.saturating_sub(self.next_time_ms).min(MISSING_MS_MAX);
        let is_loss = (chunks_missing > 0 && missing_ms > 0) || missing_ms >= TIME_JUMP_MS_MIN;
        if is_loss && !is_first {
            on_event(MediaEvent::Gap { media_time_ms, missing_ms: u32::try_from(missing_ms).unwrap_or(u32::MAX) });
        }
        self.next_time_ms = media_time_ms.saturating_add(frame.samples.len() as u64 / SAMPLES_PER_MS);
        on_event(MediaEvent::Audio { media_time_ms, samples: frame.samples });
    }
}

#[cfg(test)]
mod tests;
