//! What a caller says: μ-law frames made from recordings, with the place of the speech in them.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use audio_codec_algorithms::{decode_ulaw, encode_ulaw};

use super::playout::{FRAME_BYTES, ULAW_SILENCE};

const WIRE_RATE_HZ: u32 = 8_000;
/// Quieter than this is never speech: about -50 dB of full scale.
const AUDIBLE_RMS_MIN: f32 = 100.0;
/// Nor is what is this much quieter than the loudest frame of a recording.
const AUDIBLE_SHARE_MIN: f32 = 0.05;
/// The highest rate of a recording: a filter for more would be longer than the recording.
const RATE_HZ_MAX: u32 = 192_000;
/// Taps of the low-pass filter on each side, for each step of decimation.
const FILTER_REACH: usize = 16;

/// A recording ready for the wire.
#[derive(Clone, Debug)]
pub struct Clip {
    pub(super) frames: Arc<[[u8; FRAME_BYTES]]>,
    /// From the first frame with speech to past the last; silence around it is not speech.
    pub(super) speech: Range<usize>,
}

impl Clip {
    /// Shape: mono samples; the rate a multiple of 8 kHz, at most 192 kHz.
    ///
    /// Errors: the rate does not fit, or nothing in it is audible.
    pub fn from_samples(samples: &[i16], sample_rate_hz: u32) -> Result<Self, String> {
        let is_served = (WIRE_RATE_HZ..=RATE_HZ_MAX).contains(&sample_rate_hz);
        if !is_served || !sample_rate_hz.is_multiple_of(WIRE_RATE_HZ) {
            return Err(format!(
                "{sample_rate_hz} Hz is not a multiple of {WIRE_RATE_HZ} Hz up to {RATE_HZ_MAX} Hz; resample the recording"
            ));
        }
        let samples = decimated(samples, (sample_rate_hz / WIRE_RATE_HZ) as usize);
        let frames: Arc<[_]> = samples.chunks(FRAME_BYTES).map(encode_frame).collect();
        let levels: Vec<f32> = frames.iter().map(frame_rms).collect();
        let loudest = levels.iter().copied().fold(0.0, f32::max);
        let is_speech = |level: &f32| *level >= AUDIBLE_RMS_MIN.max(loudest * AUDIBLE_SHARE_MIN);
        let first = levels.iter().position(is_speech).ok_or("the recording is silent")?;
        let last = levels.iter().rposition(is_speech).unwrap_or(first);
        Ok(Self { frames, speech: first..last + 1 })
    }

    /// Reads a mono 16-bit WAV file.
    ///
    /// Errors: the text says what the file is instead.
    pub fn from_wav(path: &Path) -> Result<Self, String> {
        let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let bytes = std::fs::read(path).map_err(|error| named(&error))?;
        Self::from_wav_bytes(&bytes).map_err(|error| named(&error))
    }

    /// As [`from_wav`](Self::from_wav), from the content of the file.
    pub fn from_wav_bytes(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = hound::WavReader::new(bytes).map_err(|error| error.to_string())?;
        let spec = reader.spec();
        if spec.channels != 1 || spec.bits_per_sample != 16 || spec.sample_format != hound::SampleFormat::Int {
            return Err("not mono 16-bit PCM".to_owned());
        }
        let samples: Vec<i16> = reader.samples().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        Self::from_samples(&samples, spec.sample_rate)
    }
}

/// Whether a frame of the agent's audio would be heard.
pub(super) fn is_audible(frame: &[u8; FRAME_BYTES]) -> bool {
    frame_rms(frame) >= AUDIBLE_RMS_MIN
}

fn encode_frame(samples: &[i16]) -> [u8; FRAME_BYTES] {
    let mut frame = [ULAW_SILENCE; FRAME_BYTES];
    for (place, sample) in frame.iter_mut().zip(samples) {
        *place = encode_ulaw(*sample);
    }
    frame
}

fn frame_rms(frame: &[u8; FRAME_BYTES]) -> f32 {
    let energy: f32 = frame.iter().map(|byte| f32::from(decode_ulaw(*byte)).powi(2)).sum();
    (energy / FRAME_BYTES as f32).sqrt()
}

/// Every `factor`-th sample, after a windowed-sinc low-pass at the new Nyquist rate.
fn decimated(samples: &[i16], factor: usize) -> Vec<i16> {
    if factor == 1 {
        return samples.to_vec();
    }
    let reach = FILTER_REACH * factor;
    let taps: Vec<f32> = (0..=2 * reach).map(|tap| low_pass_tap(tap, reach, factor)).collect();
    let gain: f32 = taps.iter().sum();
    let sample_at = |place: usize| place.checked_sub(reach).and_then(|place| samples.get(place)).copied().unwrap_or(0);
    (0..samples.len())
        .step_by(factor)
        .map(|place| {
            let sum: f32 = taps.iter().zip(place..).map(|(tap, place)| tap * f32::from(sample_at(place))).sum();
            (sum / gain) as i16
        })
        .collect()
}

fn low_pass_tap(tap: usize, reach: usize, factor: usize) -> f32 {
    use std::f32::consts::PI;
    let offset = tap as f32 - reach as f32;
    let phase = PI * offset / factor as f32;
    let sinc = if offset == 0.0 { 1.0 } else { phase.sin() / phase };
    let hann = 0.5 + 0.5 * (PI * offset / (reach as f32 + 1.0)).cos();
    sinc * hann
}

#[cfg(test)]
mod tests;
