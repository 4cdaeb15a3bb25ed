//! The judge of whether a stretch of audio holds a voice.

/// A judge: one for the whole process.
pub trait VoiceJudge: Send + Sync {
    /// The name and version that records carry, such as `silero-v5`.
    fn version(&self) -> String;

    /// Opens the judging of one call.
    fn open(&self) -> Box<dyn VoiceStream>;
}

/// The judging of one call. Called on the audio path: never blocks, never allocates.
pub trait VoiceStream: Send {
    /// Takes audio without gaps while the gate is open; says how likely a voice is when a window is complete.
    ///
    /// Shape: mono at 8 kHz, at most 20 ms a call; the answer is a probability, 0.0 to 1.0.
    fn push(&mut self, samples_8k: &[i16]) -> Option<f32>;

    /// Forgets what came before: the audio that follows does not continue it.
    fn reset(&mut self);
}
