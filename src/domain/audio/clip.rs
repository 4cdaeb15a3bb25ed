//! Whole clips of audio: resampling in one go, trimming of silence, level.

use std::time::Duration;

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

/// Peaks are brought here: about 3 dB below full scale, which leaves room for the ripple of the telephone's filters.
const PEAK: f32 = 0.7;
/// Quiet clips are raised no further than this (12 dB), so that noise stays noise.
const GAIN_MAX: f32 = 4.0;
/// Below this part of the clip's peak (-46 dB) it counts as silence.
const SILENCE: f32 = 0.005;
/// Kept before the first sound, so that no consonant loses its onset.
const LEAD: Duration = Duration::from_millis(20);
/// Kept after the last sound before the gap begins: final consonants fade slowly.
const FADE: Duration = Duration::from_millis(30);

/// A sample rate of zero, or a pair of rates without a usable ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("audio cannot be resampled from {from_hz} Hz to {to_hz} Hz; use 8000, 16000 or 24000")]
pub struct UnsupportedRate {
    pub from_hz: u32,
    pub to_hz: u32,
}

/// Resamples a whole clip behind a real low-pass filter, without delay and with its tail.
///
/// Shape: mono; the output has `samples.len() × to_hz / from_hz` samples, rounded up.
/// Errors: a rate of zero or above 384 kHz.
pub fn resample_clip(samples: &[i16], from_hz: u32, to_hz: u32) -> Result<Vec<i16>, UnsupportedRate> {
    if from_hz == to_hz || samples.is_empty() {
        return Ok(samples.to_vec());
    }
    let unsupported = UnsupportedRate { from_hz, to_hz };
    if !(1..=384_000).contains(&from_hz) || !(1..=384_000).contains(&to_hz) {
        return Err(unsupported);
    }
    let chunk = (from_hz / 50).max(1) as usize;
    let mut resampler =
        Fft::<f32>::new(from_hz as usize, to_hz as usize, chunk, 1, FixedSync::Both).map_err(|_| unsupported)?;
    let input: Vec<f32> = samples.iter().map(|&sample| f32::from(sample)).collect();
    let input = InterleavedSlice::new(&input, 1, samples.len()).map_err(|_| unsupported)?;
    let output = resampler.process_all(&input, samples.len(), None).map_err(|_| unsupported)?;
    Ok(output.take_data().into_iter().map(|sample| sample.round() as i16).collect())
}

/// Brings one spoken clause to an even level and to a natural pause at its end; silence comes back empty.
///
/// Shape: samples between about -1 and 1; the result never clips.
pub fn shape_clause(samples: &[f32], sample_rate_hz: u32, gap: Duration) -> Vec<i16> {
    let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let threshold = peak * SILENCE;
    let is_sound = |sample: &f32| threshold < sample.abs();
    let (Some(first), Some(last)) = (samples.iter().position(is_sound), samples.iter().rposition(is_sound)) else {
        return Vec::new();
    };
    let count = |pause: Duration| pause.as_millis() as usize * sample_rate_hz as usize / 1_000;
    let start = first.saturating_sub(count(LEAD));
    let end = (last + count(FADE)).min(samples.len());
    let gain = (PEAK / peak).min(GAIN_MAX) * f32::from(i16::MAX);
    let mut shaped: Vec<i16> = samples[start..end].iter().map(|sample| (sample * gain).round() as i16).collect();
    shaped.resize(shaped.len() + count(gap), 0);
    shaped
}

#[cfg(test)]
mod tests;
