//! What one call of a load says: the question, silence until the answer is over, the question again.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::simulator::clip::Clip;
use crate::simulator::playout::{FRAME_BYTES, ULAW_SILENCE};
use crate::simulator::wire::StreamIds;

use super::ear::Ear;

/// The question as the ends of messages, encoded once for all calls.
pub(super) struct CallerAudio {
    speech: Vec<String>,
    silence: String,
}

impl CallerAudio {
    pub(super) fn new(question: &Clip) -> Self {
        let tail = |frame: &[u8; FRAME_BYTES]| format!(r#"{}"}}}}"#, BASE64.encode(frame));
        Self {
            speech: question.frames[question.speech.clone()].iter().map(tail).collect(),
            silence: tail(&[ULAW_SILENCE; FRAME_BYTES]),
        }
    }
}

/// How long a caller waits.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// After the agent has finished.
    pause_ms: u64,
    /// For an answer, or a greeting.
    patience_ms: u64,
}

impl Pace {
    pub(super) fn new(pause: Duration, patience: Duration) -> Self {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self { pause_ms: ms(pause), patience_ms: ms(patience) }
    }
}

pub(super) struct Mouth {
    audio: Arc<CallerAudio>,
    ids: StreamIds,
    /// What every media message begins with.
    head: String,
    pace: Pace,
    phase: Phase,
    /// Messages after `start`, which was number 1.
    sequence: u64,
    chunk: u64,
    turns_unanswered: u64,
}

#[derive(Clone, Copy)]
enum Phase {
    Listening { since_ms: Option<u64> },
    Speaking { frame: usize },
}

impl Mouth {
    pub(super) fn new(audio: Arc<CallerAudio>, ids: StreamIds, pace: Pace) -> Self {
        let head = format!(r#"{{"event":"media","streamSid":"{}","sequenceNumber":""#, ids.stream);
        let phase = Phase::Listening { since_ms: None };
        Self { audio, ids, head, pace, phase, sequence: 1, chunk: 0, turns_unanswered: 0 }
    }

    /// The message of this tick.
    pub(super) fn next_frame(&mut self, ear: &mut Ear, now_ms: u64) -> String {
        if let Phase::Listening { since_ms } = self.phase {
            let since_ms = since_ms.unwrap_or(now_ms);
            self.phase = Phase::Listening { since_ms: Some(since_ms) };
            if self.may_speak(ear, since_ms, now_ms) {
                self.phase = Phase::Speaking { frame: 0 };
            }
        }
        let Phase::Speaking { frame } = self.phase else { return self.media(None) };
        let message = self.media(Some(frame));
        if frame + 1 < self.audio.speech.len() {
            self.phase = Phase::Speaking { frame: frame + 1 };
        } else {
            ear.await_answer(now_ms);
            self.phase = Phase::Listening { since_ms: Some(now_ms) };
        }
        message
    }

    pub(super) fn mark(&mut self, name: &str) -> String {
        let (sequence, stream) = (self.next_sequence(), &self.ids.stream);
        let mark = serde_json::json!({ "name": name });
        format!(r#"{{"event":"mark","sequenceNumber":"{sequence}","streamSid":"{stream}","mark":{mark}}}"#)
    }

    pub(super) fn stop(&mut self) -> String {
        let sequence = self.next_sequence();
        let StreamIds { account, call, stream } = &self.ids;
        format!(
            r#"{{"event":"stop","sequenceNumber":"{sequence}","streamSid":"{stream}","stop":{{"accountSid":"{account}","callSid":"{call}"}}}}"#
        )
    }

    pub(super) fn turns_unanswered(&self) -> u64 {
        self.turns_unanswered
    }

    fn may_speak(&mut self, ear: &mut Ear, since_ms: u64, now_ms: u64) -> bool {
        if ear.agent_quiet_for_ms(now_ms).is_some_and(|quiet_ms| self.pace.pause_ms <= quiet_ms) {
            return true;
        }
        let is_silent = ear.is_awaiting() || ear.agent_quiet_for_ms(u64::MAX).is_none();
        let has_lost_patience = is_silent && self.pace.patience_ms <= now_ms - since_ms;
        if has_lost_patience {
            self.turns_unanswered += u64::from(ear.is_awaiting());
            ear.give_up_answer();
        }
        has_lost_patience
    }

    fn media(&mut self, speech_frame: Option<usize>) -> String {
        self.chunk += 1;
        let sequence = self.next_sequence();
        let tail = match speech_frame {
            Some(frame) => &self.audio.speech[frame],
            None => &self.audio.silence,
        };
        let mut message = String::with_capacity(self.head.len() + tail.len() + 128);
        let (chunk, time_ms) = (self.chunk, self.chunk * 20);
        message.push_str(&self.head);
        write!(
            message,
            r#"{sequence}","media":{{"track":"inbound","chunk":"{chunk}","timestamp":"{time_ms}","payload":""#
        )
        .expect("a string takes any text");
        message.push_str(tail);
        message
    }

    fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }
}

#[cfg(test)]
mod tests;
