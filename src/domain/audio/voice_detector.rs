//! When a voice sets in and when it stops, from the gate's and the judge's opinions of each frame.

use super::frames::FRAME_MS;
use crate::domain::values::CallTime;

/// A change of voice state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceChange {
    Started { at: CallTime },
    Stopped { at: CallTime },
}

/// One opinion this sure is enough for an onset.
const ONSET_SURE: f32 = 0.8;
/// Two opinions in a row of at least this are enough.
const ONSET_LIKELY: f32 = 0.5;
/// Below this the judge hears no voice.
const OFFSET: f32 = 0.35;
/// Silence that ends a stretch of voice. Shorter gaps are the closures of consonants.
const HANGOVER_MS: u64 = 100;
/// An opinion covers 32 ms of audio that lies before it.
const WINDOW_MS: u64 = 32;

/// Decides voice or silence for one call.
#[derive(Clone, Debug)]
pub struct VoiceDetector {
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Silence { likely_since: Option<CallTime> },
    Voice { silent_since: Option<CallTime> },
}

impl Default for VoiceDetector {
    fn default() -> Self {
        Self { state: State::Silence { likely_since: None } }
    }
}

impl VoiceDetector {
    pub fn is_voice(&self) -> bool {
        matches!(self.state, State::Voice { .. })
    }

    /// Takes the opinions on the frame that ended at `now`.
    ///
    /// `probability`: the judge's newest opinion, if a window was completed in this frame.
    pub fn push(&mut self, now: CallTime, is_gate_open: bool, probability: Option<f32>) -> Option<VoiceChange> {
        match self.state {
            State::Silence { likely_since } => self.in_silence(now, is_gate_open, probability, likely_since),
            State::Voice { silent_since } => self.in_voice(now, is_gate_open, probability, silent_since),
        }
    }

    fn in_silence(
        &mut self,
        now: CallTime,
        is_gate_open: bool,
        probability: Option<f32>,
        likely_since: Option<CallTime>,
    ) -> Option<VoiceChange> {
        if !is_gate_open {
            self.state = State::Silence { likely_since: None };
            return None;
        }
        let probability = probability?;
        let window_began = now - std::time::Duration::from_millis(WINDOW_MS);
        let is_onset = probability >= ONSET_SURE || (probability >= ONSET_LIKELY && likely_since.is_some());
        if is_onset {
            self.state = State::Voice { silent_since: None };
            return Some(VoiceChange::Started { at: likely_since.unwrap_or(window_began) });
        }
        self.state = State::Silence { likely_since: (probability >= ONSET_LIKELY).then_some(window_began) };
        None
    }

    fn in_voice(
        &mut self,
        now: CallTime,
        is_gate_open: bool,
        probability: Option<f32>,
        silent_since: Option<CallTime>,
    ) -> Option<VoiceChange> {
        let began = if !is_gate_open {
            Some(now - std::time::Duration::from_millis(FRAME_MS))
        } else {
            match probability {
                // No new opinion: the last one stands.
                None => silent_since,
                Some(p) if p < OFFSET => Some(now - std::time::Duration::from_millis(WINDOW_MS)),
                Some(_) => None,
            }
        };
        let silent_since = match (silent_since, began) {
            (Some(since), Some(_)) => Some(since),
            (None, began) => began,
            (Some(_), None) => None,
        };
        match silent_since {
            Some(at) if std::time::Duration::from_millis(HANGOVER_MS) <= now.since(at) => {
                self.state = State::Silence { likely_since: None };
                Some(VoiceChange::Stopped { at })
            }
            since => {
                self.state = State::Voice { silent_since: since };
                None
            }
        }
    }
}
