//! What a telephone does to a recording, for scoring on recordings that never passed through one.

use audio_codec_algorithms::{decode_ulaw, encode_ulaw};
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

const PHONE_RATE_HZ: u32 = 8_000;
const PASSED_FROM_HZ: f32 = 150.0;
const PASSED_TO_HZ: f32 = 3_500.0;

/// The recording at 8 kHz, between 150 and 3 500 Hz, through G.711 μ-law and back.
///
/// Shape: in, within ±1 at `rate_hz`.
pub(super) fn over_the_phone(samples: &[f32], rate_hz: u32) -> Vec<i16> {
    let passed = |hz: f32| (PASSED_FROM_HZ..=PASSED_TO_HZ).contains(&hz);
    let heard = resampled(samples, rate_hz, PHONE_RATE_HZ, passed);
    let coded = heard.iter().map(|sample| encode_ulaw((sample * 32_767.0).clamp(-32_768.0, 32_767.0) as i16));
    coded.map(decode_ulaw).collect()
}

/// 8 kHz audio at 16 kHz, with nothing added above 4 kHz.
pub(super) fn to_16_khz(samples: &[i16]) -> Vec<i16> {
    let floats: Vec<f32> = samples.iter().map(|sample| f32::from(*sample)).collect();
    let wide = resampled(&floats, PHONE_RATE_HZ, 2 * PHONE_RATE_HZ, |_| true);
    wide.into_iter().map(|sample| sample.clamp(-32_768.0, 32_767.0) as i16).collect()
}

/// Resamples the whole of `samples` in the frequency domain, keeping the frequencies that `is_kept` names.
fn resampled(samples: &[f32], from_hz: u32, to_hz: u32, is_kept: impl Fn(f32) -> bool) -> Vec<f32> {
    let count_out = (samples.len() as u64 * u64::from(to_hz) / u64::from(from_hz.max(1))) as usize;
    if samples.is_empty() || count_out == 0 {
        return Vec::new();
    }
    let mut planner = RealFftPlanner::new();
    let (forward, inverse) = (planner.plan_fft_forward(samples.len()), planner.plan_fft_inverse(count_out));
    let (mut spectrum, mut narrowed) = (forward.make_output_vec(), inverse.make_input_vec());
    let planned = "the lengths are those the transform was planned for";
    forward.process(&mut samples.to_vec(), &mut spectrum).expect(planned);
    let hz_per_bin = from_hz as f32 / samples.len() as f32;
    for (bin, (out, value)) in narrowed.iter_mut().zip(&spectrum).enumerate() {
        if is_kept(bin as f32 * hz_per_bin) {
            *out = value / samples.len() as f32;
        }
    }
    // The transform wants its first and last values real.
    narrowed[0].im = 0.0;
    if count_out.is_multiple_of(2)
        && let Some(last) = narrowed.last_mut()
    {
        *last = Complex::new(last.re, 0.0);
    }
    let mut out = inverse.make_output_vec();
    inverse.process(&mut narrowed, &mut out).expect(planned);
    out
}

#[cfg(test)]
mod tests;
