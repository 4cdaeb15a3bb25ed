//! What is done to the caller's audio before the model hears it: level, and silence around it.

/// The rate the model hears, in Hz.
pub(super) const SAMPLE_RATE_HZ: u32 = 16_000;

/// Silence put before and after the speech: the model loses first and last words that touch the edge.
const PADDING_SAMPLES: usize = 2_400;

/// The level speech is brought to, as root mean square of full scale.
const LEVEL_TARGET: f32 = 0.1;
const GAIN_MAX: f32 = 12.0;
const GAIN_MIN: f32 = 0.25;

/// One stretch for measuring levels: 20 ms.
const FRAME_SAMPLES: usize = 320;

/// Below this root mean square (−56 dBFS) a stretch is the silence of a telephone line.
const SILENCE_LEVEL: f32 = 0.001_6;

/// Speech shorter than this holds no word.
const SPEECH_SAMPLES_MIN: usize = 1_920;

/// The audio as the model wants it, or nothing when there is nothing to hear.
///
/// Shape: in, 16 kHz; out, 16 kHz within ±1, padded with silence.
pub(super) fn conditioned(samples: &[i16]) -> Option<Vec<f32>> {
    let levels: Vec<f32> = samples.chunks(FRAME_SAMPLES).map(level).collect();
    let audible = levels.iter().filter(|level| SILENCE_LEVEL < **level).count() * FRAME_SAMPLES;
    if samples.len() < SPEECH_SAMPLES_MIN || audible < SPEECH_SAMPLES_MIN {
        return None;
    }
    let gain = (LEVEL_TARGET / loud_level(levels)).clamp(GAIN_MIN, GAIN_MAX);
    let mut out = vec![0.0; samples.len() + 2 * PADDING_SAMPLES];
    for (out, sample) in out[PADDING_SAMPLES..].iter_mut().zip(samples) {
        *out = (f32::from(*sample) / 32_768.0 * gain).clamp(-1.0, 1.0);
    }
    Some(out)
}

/// The level of the louder parts, which are speech whatever lies between them.
fn loud_level(mut levels: Vec<f32>) -> f32 {
    levels.sort_by(f32::total_cmp);
    let loud = &levels[levels.len() * 3 / 4..];
    (loud.iter().map(|level| level * level).sum::<f32>() / loud.len().max(1) as f32).sqrt().max(SILENCE_LEVEL)
}

fn level(samples: &[i16]) -> f32 {
    let power: f32 = samples.iter().map(|sample| (f32::from(*sample) / 32_768.0).powi(2)).sum();
    (power / samples.len().max(1) as f32).sqrt()
}
