//! The cheap first question: could this frame hold a voice?

use webrtc_vad::{SampleRate, Vad, VadMode};

/// WebRTC voice detection in its most permissive mode, for one call.
pub struct VoiceGate(Vad);

// SAFETY: `Vad` owns its C state alone and has no thread affinity; the raw pointer is the only reason it is not
// `Send` by itself. It is not `Sync`: every use is through `&mut`.
#[expect(unsafe_code, reason = "the library's state may move between threads, see SAFETY")]
unsafe impl Send for VoiceGate {}

impl VoiceGate {
    /// A gate for audio at `rate_hz`: 8 000 or 16 000.
    pub fn new(rate_hz: u32) -> Self {
        let rate = if rate_hz == 16_000 { SampleRate::Rate16kHz } else { SampleRate::Rate8kHz };
        // The aggressive modes lose a quarter of the speech frames in noise.
        Self(Vad::new_with_rate_and_mode(rate, VadMode::Quality))
    }

    /// Whether a voice is possible in this frame of 20 ms. A frame of another length counts as silence.
    pub fn is_open(&mut self, frame: &[i16]) -> bool {
        if frame.is_empty() {
            // The library panics on an empty slice.
            return false;
        }
        self.0.is_voice_segment(frame).unwrap_or(false)
    }
}

impl std::fmt::Debug for VoiceGate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VoiceGate")
    }
}
