//! What one call of a load hears: lengths and times, hardly ever the audio itself.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::simulator::clip::is_audible;
use crate::simulator::playout::FRAME_BYTES;

const BYTES_PER_MS: u64 = 8;
/// As in the playout buffer: a longer silence is a new utterance.
const UNDERRUN_MS_MAX: u64 = 500;
/// Marks waiting. Beyond it a mark is dropped and counted as not understood.
const MARKS_MAX: usize = 256;

/// One call's ear, shared by the task that reads its socket and the ticker; both live on one thread.
#[derive(Clone)]
pub(super) struct SharedEar(Rc<RefCell<Ear>>);

impl SharedEar {
    pub(super) fn new(ear: Ear) -> Self {
        Self(Rc::new(RefCell::new(ear)))
    }

    pub(super) fn with<T>(&self, use_it: impl FnOnce(&mut Ear) -> T) -> T {
        use_it(&mut self.0.borrow_mut())
    }
}

#[derive(Debug, Default)]
pub(super) struct EarCounts {
    pub(super) latencies_ms: Vec<u64>,
    pub(super) underruns: u64,
    pub(super) underrun_ms: u64,
    pub(super) bytes: u64,
    pub(super) clears: u64,
    pub(super) not_understood: u64,
}

#[derive(Debug, Default)]
pub(super) struct Ear {
    pub(super) counts: EarCounts,
    /// When everything received so far will have been played.
    played_out_ms: u64,
    /// The agent said that what it sent so far is an utterance: by a mark or a clear.
    is_utterance_over: bool,
    marks: VecDeque<(u64, String)>,
    /// When the caller's last speech went out. None: no answer is awaited.
    awaiting_since_ms: Option<u64>,
    has_heard_agent: bool,
    is_closed: bool,
}

impl Ear {
    pub(super) fn on_message(&mut self, text: &str, now_ms: u64) {
        if let Some((_, rest)) = text.split_once(r#""payload":""#) {
            let payload = rest.split('"').next().unwrap_or_default();
            self.on_audio(payload, now_ms);
        } else if text.contains(r#""clear""#) {
            self.counts.clears += 1;
            self.played_out_ms = now_ms;
            self.is_utterance_over = true;
            for (due_ms, _) in &mut self.marks {
                *due_ms = now_ms;
            }
        } else if let Some(name) = mark_name(text).filter(|_| self.marks.len() < MARKS_MAX) {
            self.marks.push_back((self.played_out_ms, name));
            self.is_utterance_over = true;
        } else {
            self.counts.not_understood += 1;
        }
    }

    pub(super) fn on_closed(&mut self) {
        self.is_closed = true;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The caller's last speech has just been sent.
    pub(super) fn await_answer(&mut self, now_ms: u64) {
        self.awaiting_since_ms = Some(now_ms);
        self.has_heard_agent = false;
    }

    pub(super) fn give_up_answer(&mut self) {
        self.awaiting_since_ms = None;
    }

    pub(super) fn is_awaiting(&self) -> bool {
        self.awaiting_since_ms.is_some()
    }

    /// How long the agent has been quiet after it spoke. None: it is yet to speak, or speaks.
    pub(super) fn agent_quiet_for_ms(&self, now_ms: u64) -> Option<u64> {
        if self.has_heard_agent { now_ms.checked_sub(self.played_out_ms) } else { None }
    }

    pub(super) fn next_due_mark(&mut self, now_ms: u64) -> Option<String> {
        let is_due = self.marks.front().is_some_and(|(due_ms, _)| *due_ms <= now_ms);
        if is_due { self.marks.pop_front().map(|(_, name)| name) } else { None }
    }

    fn on_audio(&mut self, payload: &str, now_ms: u64) {
        let padding = payload.bytes().rev().take_while(|byte| *byte == b'=').count();
        let bytes = (payload.len() / 4 * 3).saturating_sub(padding) as u64;
        self.counts.bytes += bytes;
        let silent_ms = now_ms.saturating_sub(self.played_out_ms);
        let is_underrun = (1..=UNDERRUN_MS_MAX).contains(&silent_ms) && !self.is_utterance_over;
        if is_underrun && self.counts.bytes > bytes {
            self.counts.underruns += 1;
            self.counts.underrun_ms += silent_ms;
        }
        self.is_utterance_over = false;
        self.played_out_ms = self.played_out_ms.max(now_ms) + bytes / BYTES_PER_MS;
        self.note_answer(payload, now_ms);
    }

    /// Looks into the audio itself, but only until the first audible frame of an answer.
    fn note_answer(&mut self, payload: &str, now_ms: u64) {
        if self.has_heard_agent {
            return;
        }
        let Ok(ulaw) = BASE64.decode(payload) else {
            self.counts.not_understood += 1;
            return;
        };
        let is_heard = ulaw.chunks_exact(FRAME_BYTES).filter_map(|frame| frame.first_chunk()).any(is_audible);
        if is_heard {
            self.has_heard_agent = true;
            let latency_ms = self.awaiting_since_ms.take().map(|since_ms| now_ms.saturating_sub(since_ms));
            self.counts.latencies_ms.extend(latency_ms);
        }
    }
}

fn mark_name(text: &str) -> Option<String> {
    let message: serde_json::Value = serde_json::from_str(text).ok()?;
    message["mark"]["name"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
