//! Frames of telephone audio: coding, resampling, levels, voice detection.

mod clip;

pub use clip::{UnsupportedRate, resample_clip, shape_clause};
