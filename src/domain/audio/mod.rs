//! Frames of telephone audio: coding, resampling, levels, voice detection.
