//! Frames of telephone audio: framing, resampling, levels, voice detection. No I/O and no clock.

mod clip;
mod frames;
mod gate;
mod hold_tone;
mod level;
mod resampler;
mod tone;
mod voice_detector;

pub use clip::{UnsupportedRate, resample_clip, shape_clause};
pub use frames::{FRAME_MS, FrameCutter, frame_samples};
pub use gate::VoiceGate;
pub use hold_tone::hold_tone;
pub use level::{Level, LevelMeter, mean_power};
pub use resampler::{StreamResampler, UnsupportedRates};
pub use tone::{Tone, ToneDetector};
pub use voice_detector::{FrameOpinion, VoiceChange, VoiceDetector};
