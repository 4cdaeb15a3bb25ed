//! The judge of whether a person is speaking.
//!
//! It is asked inline, on the path of the audio, and only while a cheaper gate thinks that somebody may be.

/// Judges speech: one for the whole process.
pub trait VoiceJudge: Send + Sync {
    /// Opens the judgement of one caller's audio.
    fn open(&self) -> Box<dyn VoiceStream>;
}

/// The judgement of one caller's audio.
pub trait VoiceStream: Send {
    /// Takes audio; gives the probability of speech when a window is full, the newest if several are.
    ///
    /// Shape: mono, 8 kHz, any length; 0.0 to 1.0. Takes some 20 µs a window of 32 ms and does not allocate.
    fn push(&mut self, samples: &[i16]) -> Option<f32>;

    /// Forgets what came before, for audio that does not continue it.
    fn reset(&mut self);
}
