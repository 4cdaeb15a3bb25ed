//! The carrier's playout queue: audio goes in at any pace and is played 20 ms every 20 ms.
//!
//! Pure: a tick is 20 ms, whoever's clock that is.

use std::collections::VecDeque;

/// 20 ms of μ-law at 8 kHz.
pub(super) const FRAME_BYTES: usize = 160;
/// μ-law for a sample of zero.
pub(super) const ULAW_SILENCE: u8 = 0xff;
/// One minute of audio. Beyond it what is pushed is dropped and counted.
const QUEUE_BYTES_MAX: usize = 60 * 50 * FRAME_BYTES;
/// Marks waiting. Beyond it a mark is dropped and counted.
const MARKS_MAX: usize = 1_024;
/// Audio that goes on within this time, with no mark where it stopped, was interrupted and not finished.
const UNDERRUN_TICKS_MAX: u32 = 25;

/// What one tick played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Played {
    /// A whole frame of the agent's audio.
    Frame,
    /// The last part of a frame, filled up with silence.
    PartFrame,
    Silence,
}

/// Audio that stopped in the middle and went on later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Underruns {
    pub count: u32,
    pub missing_ms: u32,
}

/// The queue of one stream.
#[derive(Debug, Default)]
pub struct PlayoutBuffer {
    queue: VecDeque<u8>,
    marks: VecDeque<(u64, String)>,
    bytes_pushed: u64,
    bytes_played: u64,
    /// Where the last mark was set, in bytes pushed.
    marked_at: Option<u64>,
    /// Ticks since the queue ran dry without a mark. None: it never played, was cleared, or is playing.
    starved_ticks: Option<u32>,
    underruns: Underruns,
    dropped: u64,
}

impl PlayoutBuffer {
    /// Queues audio of any length.
    pub fn push(&mut self, ulaw: &[u8]) {
        if ulaw.is_empty() {
            return;
        }
        let room = QUEUE_BYTES_MAX - self.queue.len();
        let taken = &ulaw[..ulaw.len().min(room)];
        self.dropped += (ulaw.len() - taken.len()) as u64;
        self.queue.extend(taken);
        self.bytes_pushed += taken.len() as u64;
        if let Some(ticks) = self.starved_ticks.take().filter(|ticks| (1..=UNDERRUN_TICKS_MAX).contains(ticks)) {
            self.underruns.count += 1;
            self.underruns.missing_ms += ticks * 20;
        }
    }

    /// Sets a mark behind everything queued so far.
    pub fn mark(&mut self, name: String) {
        if self.marks.len() < MARKS_MAX {
            self.marks.push_back((self.bytes_pushed, name));
        } else {
            self.dropped += 1;
        }
        self.marked_at = Some(self.bytes_pushed);
        if self.queue.is_empty() {
            self.starved_ticks = None;
        }
    }

    /// Empties the queue. Every mark becomes due: an echo after this means dropped, not played.
    pub fn clear(&mut self) {
        self.queue.clear();
        self.bytes_played = self.bytes_pushed;
        self.starved_ticks = None;
    }

    /// Plays 20 ms into `frame`.
    pub fn tick(&mut self, frame: &mut [u8; FRAME_BYTES]) -> Played {
        let taken = self.queue.len().min(FRAME_BYTES);
        for (place, byte) in frame.iter_mut().zip(self.queue.drain(..taken)) {
            *place = byte;
        }
        frame[taken..].fill(ULAW_SILENCE);
        self.bytes_played += taken as u64;
        let is_finished = self.marked_at == Some(self.bytes_pushed);
        if taken == 0 {
            self.starved_ticks = self.starved_ticks.map(|ticks| ticks.saturating_add(1));
            return Played::Silence;
        }
        let is_dry = self.queue.is_empty() && !is_finished;
        self.starved_ticks = is_dry.then_some(u32::from(taken < FRAME_BYTES));
        if taken == FRAME_BYTES { Played::Frame } else { Played::PartFrame }
    }

    /// The next mark to be echoed: everything before it was played or cleared.
    pub fn next_due_mark(&mut self) -> Option<String> {
        let is_due = self.marks.front().is_some_and(|(at, _)| *at <= self.bytes_played);
        if is_due { self.marks.pop_front().map(|(_, name)| name) } else { None }
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub fn underruns(&self) -> Underruns {
        self.underruns
    }

    /// Bytes and marks that found the queue full.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests;
