//! How loud the caller is, and whether the line distorts.

/// What a call's line sounded like so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// Root mean square of the voiced frames, in decibels below full scale; none before the first.
    pub voice_dbfs: Option<f32>,
    /// Frames in which a sample was at the end of the scale.
    pub clipped_frames: u32,
    pub frames: u32,
}

/// Measures level and clipping frame by frame. Allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct LevelMeter {
    /// The sum over the voiced frames.
    voiced_power: f64,
    voiced_frames: u32,
    clipped_frames: u32,
    frames: u32,
}

/// The mean square of a frame. Shape: 0.0 to 1.0 of full scale; an empty frame has none.
pub fn mean_power(frame: &[i16]) -> f32 {
    if frame.is_empty() {
        return 0.0;
    }
    let energy: i64 = frame.iter().map(|sample| i64::from(*sample) * i64::from(*sample)).sum();
    (energy as f64 / frame.len() as f64 / FULL_SCALE_POWER) as f32
}

const FULL_SCALE_POWER: f64 = 32_768.0 * 32_768.0;

/// G.711 reaches 32 124; two such samples in a row are distortion.
const CLIPPED: i16 = 32_000;

impl LevelMeter {
    /// Takes a frame with its [`mean_power`].
    pub fn push(&mut self, frame: &[i16], power: f32, is_voice: bool) {
        self.frames = self.frames.saturating_add(1);
        if frame.windows(2).any(|pair| pair.iter().all(|sample| sample.unsigned_abs() >= CLIPPED.unsigned_abs())) {
            self.clipped_frames = self.clipped_frames.saturating_add(1);
        }
        if is_voice {
            self.voiced_power += f64::from(power);
            self.voiced_frames += 1;
        }
    }

    pub fn level(&self) -> Level {
        let voice_dbfs = (self.voiced_frames > 0).then(|| {
            let mean = self.voiced_power / f64::from(self.voiced_frames);
            (10.0 * mean.max(1e-10).log10()) as f32
        });
        Level { voice_dbfs, clipped_frames: self.clipped_frames, frames: self.frames }
    }
}
