//! When a voice sets in and when it stops, from the gate's and the judge's opinions of each frame.

#[cfg(test)]
mod tests;

use std::time::Duration;

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
/// The judge goes on hearing a voice for a while after its last sound. Where the line is quiet, the level knows better:
/// a frame this far below the loudest of the voice (30 dB as power) is no sound of it. The softest consonants are louder.
const AUDIBLE_SHARE: f32 = 1e-3;
/// The loudest frame is forgotten at this rate a frame: a caller who turns away is still followed.
const LOUDEST_KEPT: f32 = 0.99;
/// However quiet the line, a judge that still heard a voice is not corrected by more than this.
const CORRECTION_MS_MAX: u64 = 120;

/// What is known of one frame.
#[derive(Clone, Copy, Debug)]
pub struct FrameOpinion {
    pub is_gate_open: bool,
    /// The judge's newest opinion, if a window was completed in this frame.
    pub probability: Option<f32>,
    /// Mean square of the samples. Shape: 0.0 to 1.0 of full scale.
    pub power: f32,
}

/// Decides voice or silence for one call.
#[derive(Clone, Debug)]
pub struct VoiceDetector {
    state: State,
    /// Power of the loudest recent frame of voice.
    loudest: f32,
    /// The end of the last frame that could hold a sound of the voice.
    audible_until: CallTime,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Silence { likely_since: Option<CallTime> },
    Voice { silent_since: Option<CallTime> },
}

impl Default for VoiceDetector {
    fn default() -> Self {
        Self { state: State::Silence { likely_since: None }, loudest: 0.0, audible_until: CallTime::ZERO }
    }
}

impl VoiceDetector {
    pub fn is_voice(&self) -> bool {
        matches!(self.state, State::Voice { .. })
    }

    /// Takes the opinions on the frame that ended at `now`.
    pub fn push(&mut self, now: CallTime, frame: FrameOpinion) -> Option<VoiceChange> {
        self.loudest = frame.power.max(self.loudest * LOUDEST_KEPT);
        if self.loudest * AUDIBLE_SHARE < frame.power {
            self.audible_until = now;
        }
        match self.state {
            State::Silence { likely_since } => self.in_silence(now, frame, likely_since),
            State::Voice { silent_since } => self.in_voice(now, frame, silent_since),
        }
    }

    fn in_silence(
        &mut self,
        now: CallTime,
        frame: FrameOpinion,
        likely_since: Option<CallTime>,
    ) -> Option<VoiceChange> {
        if !frame.is_gate_open {
            self.state = State::Silence { likely_since: None };
            return None;
        }
        let probability = frame.probability?;
        let window_began = now - Duration::from_millis(WINDOW_MS);
        let is_onset = probability >= ONSET_SURE || (probability >= ONSET_LIKELY && likely_since.is_some());
        if is_onset {
            self.state = State::Voice { silent_since: None };
            return Some(VoiceChange::Started { at: likely_since.unwrap_or(window_began) });
        }
        self.state = State::Silence { likely_since: (probability >= ONSET_LIKELY).then_some(window_began) };
        None
    }

    fn in_voice(&mut self, now: CallTime, frame: FrameOpinion, silent_since: Option<CallTime>) -> Option<VoiceChange> {
        let began = if !frame.is_gate_open {
            Some(self.last_sound(now, FRAME_MS))
        } else {
            match frame.probability {
                // No new opinion: the last one stands.
                None => silent_since,
                Some(p) if p < OFFSET => Some(self.last_sound(now, WINDOW_MS)),
                Some(_) => None,
            }
        };
        let silent_since = match (silent_since, began) {
            (Some(since), Some(_)) => Some(since),
            (None, began) => began,
            (Some(_), None) => None,
        };
        match silent_since {
            Some(at) if Duration::from_millis(HANGOVER_MS) <= now.since(at) => {
                self.state = State::Silence { likely_since: None };
                Some(VoiceChange::Stopped { at })
            }
            since => {
                self.state = State::Voice { silent_since: since };
                None
            }
        }
    }

    /// When the voice fell silent: where the silent stretch of `silent_ms` began, or earlier if the level says so.
    fn last_sound(&self, now: CallTime, silent_ms: u64) -> CallTime {
        let judged = now - Duration::from_millis(silent_ms);
        let corrected = judged - Duration::from_millis(CORRECTION_MS_MAX);
        self.audible_until.clamp(corrected, judged)
    }
}
