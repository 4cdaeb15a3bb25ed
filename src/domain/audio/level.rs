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
    voiced_energy: f64,
    voiced_samples: u64,
    clipped_frames: u32,
    frames: u32,
}

/// G.711 reaches 32 124; two such samples in a row are distortion.
const CLIPPED: i16 = 32_000;

impl LevelMeter {
    pub fn push(&mut self, frame: &[i16], is_voice: bool) {
        self.frames = self.frames.saturating_add(1);
        if frame.windows(2).any(|pair| pair.iter().all(|sample| sample.unsigned_abs() >= CLIPPED.unsigned_abs())) {
            self.clipped_frames = self.clipped_frames.saturating_add(1);
        }
        if is_voice {
            let energy: i64 = frame.iter().map(|sample| i64::from(*sample) * i64::from(*sample)).sum();
            self.voiced_energy += energy as f64;
            self.voiced_samples += frame.len() as u64;
        }
    }

    pub fn level(&self) -> Level {
        let voice_dbfs = (self.voiced_samples > 0).then(|| {
            let mean = self.voiced_energy / self.voiced_samples as f64 / (32_768.0 * 32_768.0);
            (10.0 * mean.max(1e-10).log10()) as f32
        });
        Level { voice_dbfs, clipped_frames: self.clipped_frames, frames: self.frames }
    }
}
