//! A voice that answers at once with a ready clip, whatever is asked: for measuring everything but the voice.

use std::f32::consts::TAU;
use std::sync::Arc;

use crate::ports::text_to_speech::{SpeechContextId, SpeechEvent, SpeechRequest, SpeechSink, TextToSpeech};

const SAMPLE_RATE_HZ: u32 = 8_000;
const CLIP_SECONDS: u32 = 3;

/// The scripted voice. All requests share one clip; a request costs two calls of its sink.
pub struct FakeVoice {
    clip: Arc<[i16]>,
}

impl FakeVoice {
    /// A voice whose every utterance is three seconds of quiet murmuring.
    pub fn new() -> Self {
        Self::speaking((0..SAMPLE_RATE_HZ * CLIP_SECONDS).map(murmur).collect())
    }

    /// A voice whose every utterance is `clip`.
    ///
    /// Shape: 8 kHz.
    pub const fn speaking(clip: Arc<[i16]>) -> Self {
        Self { clip }
    }
}

impl Default for FakeVoice {
    fn default() -> Self {
        Self::new()
    }
}

impl TextToSpeech for FakeVoice {
    fn version(&self) -> String {
        "fake-1".to_owned()
    }

    fn sample_rate_hz(&self) -> u32 {
        SAMPLE_RATE_HZ
    }

    fn speak(&self, request: SpeechRequest, sink: SpeechSink) {
        sink(SpeechEvent::Audio { context: request.context, samples: Arc::clone(&self.clip) });
        sink(SpeechEvent::Finished { context: request.context });
    }

    fn cancel(&self, _context: SpeechContextId) {}
}

/// One sample of something like a voice: harmonics of a wandering pitch, four syllables a second.
fn murmur(n: u32) -> i16 {
    let seconds = n as f32 / SAMPLE_RATE_HZ as f32;
    let phase = TAU * (140.0 * seconds + 3.0 * (TAU * 0.7 * seconds).sin());
    let harmonics: f32 = (1..=12_u8).map(f32::from).map(|h| (h * phase).sin() / h).sum();
    let syllable = (TAU * 2.0 * seconds).sin().abs();
    (1_500.0 * syllable * harmonics) as i16
}

#[cfg(test)]
mod tests;
