//! From the voice model's spectrum parts to samples: pulse train, shaped noise, one inverse short-time transform.
//!
//! Source: the dsp step of the hibari package, version 0.2.1.

use std::f32::consts::{PI, TAU};
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// The rate of the audio, in Hz.
pub(super) const SAMPLE_RATE_HZ: u32 = 24_000;

const WINDOW: usize = 1_200;
const HOP: usize = 300;
/// Frequency bins of one frame.
pub(super) const BINS: usize = WINDOW / 2 + 1;

/// Below this the model means "no voice".
const VOICED_HZ_MIN: f32 = 40.0;
const HARMONIC_HZ_MAX: f32 = 11_000.0;
/// The model's logarithms of magnitude are capped here.
const LOG_MAGNITUDE_MAX: f32 = 7.0;
/// Any constant does: the same text must give the same samples.
const NOISE_SEED: u64 = 0x6a09_e667_f3bc_c908;

/// The parts of one spectrum as the model gives them.
///
/// Shape: `f0_hz` has one value a frame of 12.5 ms; every other slice is [`BINS`] rows of one value a frame.
pub(super) struct SpectrumParts<'a> {
    pub(super) harmonic_log: &'a [f32],
    pub(super) harmonic_turn: &'a [f32],
    pub(super) noise_log: &'a [f32],
    pub(super) free_log: &'a [f32],
    pub(super) free_phase: &'a [f32],
    pub(super) f0_hz: &'a [f32],
}

/// The transforms and windows, planned once.
#[derive(Clone)]
pub(super) struct WaveformMaker {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Arc<[f32]>,
}

impl WaveformMaker {
    pub(super) fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let window = (0..WINDOW).map(|n| 0.5 - 0.5 * (TAU * n as f32 / WINDOW as f32).cos()).collect();
        Self { forward: planner.plan_fft_forward(WINDOW), inverse: planner.plan_fft_inverse(WINDOW), window }
    }

    /// Turns a spectrum into samples between about -1 and 1, 300 for each frame.
    pub(super) fn samples(&self, parts: &SpectrumParts<'_>) -> Vec<f32> {
        let frames = parts.f0_hz.len();
        let pulses = pulse_train(parts.f0_hz);
        let mut noise = Noise::new(NOISE_SEED);
        let mut output = vec![0.0_f32; (frames + WINDOW / HOP) * HOP];
        let mut squared_window = vec![0.0_f32; output.len()];
        let mut time = self.forward.make_input_vec();
        let mut spectrum = self.forward.make_output_vec();
        let mut scratch =
            vec![Complex32::default(); self.forward.get_scratch_len().max(self.inverse.get_scratch_len())];
        for frame in 0..frames {
            self.load_pulses(&pulses, frame, &mut time);
            self.forward
                .process_with_scratch(&mut time, &mut spectrum, &mut scratch)
                .expect("the buffers were made by this transform");
            shape_frame(parts, frame, &mut spectrum, &mut noise);
            self.inverse
                .process_with_scratch(&mut spectrum, &mut time, &mut scratch)
                .expect("the buffers were made by this transform, and the outer bins are real");
            let start = frame * HOP;
            for (n, (&sample, &weight)) in time.iter().zip(&*self.window).enumerate() {
                output[start + n] += sample * weight / WINDOW as f32;
                squared_window[start + n] += weight * weight;
            }
        }
        output.iter_mut().zip(&squared_window).for_each(|(sample, weight)| *sample /= weight.max(1e-11));
        output.drain(..WINDOW / 2);
        output.truncate(frames * HOP);
        output
    }

    /// One windowed frame of the pulse train, centred and mirrored at its ends.
    fn load_pulses(&self, pulses: &[f32], frame: usize, time: &mut [f32]) {
        // A unit cosine peaks at half the window's sum, which makes the model's magnitudes those of harmonics.
        const SCALE: f32 = 4.0 / WINDOW as f32;
        for (n, (slot, weight)) in time.iter_mut().zip(&*self.window).enumerate() {
            *slot = pulses[mirrored(frame * HOP + n, pulses.len())] * weight * SCALE;
        }
    }
}

/// Where a position of the padded train lies in the train itself.
fn mirrored(padded: usize, len: usize) -> usize {
    let half = WINDOW / 2;
    let inside = padded.abs_diff(half);
    if inside < len { inside } else { (2 * (len - 1)).saturating_sub(inside).min(len - 1) }
}

/// Filters the pulses of one frame and adds shaped noise and the free part.
fn shape_frame(parts: &SpectrumParts<'_>, frame: usize, spectrum: &mut [Complex32], noise: &mut Noise) {
    let frames = parts.f0_hz.len();
    for (bin, value) in spectrum.iter_mut().enumerate() {
        let at = bin * frames + frame;
        let turn = PI * parts.harmonic_turn[at].tanh();
        *value *= Complex32::from_polar(magnitude(parts.harmonic_log[at]), turn);
        *value += noise.next_pair() * magnitude(parts.noise_log[at]);
        *value += Complex32::from_polar(magnitude(parts.free_log[at]), parts.free_phase[at]);
    }
    spectrum[0].im = 0.0;
    spectrum[BINS - 1].im = 0.0;
}

fn magnitude(log: f32) -> f32 {
    log.min(LOG_MAGNITUDE_MAX).exp()
}

/// A train of pulses holding every harmonic of f0 below 11 kHz at unit amplitude; silent where there is no voice.
fn pulse_train(f0_hz: &[f32]) -> Vec<f32> {
    let mut phase = 0.0_f64;
    let mut train = Vec::with_capacity(f0_hz.len() * HOP);
    for frame in 0..f0_hz.len() {
        for n in 0..HOP {
            let hz = f0_between_frames(f0_hz, frame, n);
            let is_voiced = hz > VOICED_HZ_MIN;
            let hz = hz.max(VOICED_HZ_MIN);
            phase = (phase + f64::from(hz) / f64::from(SAMPLE_RATE_HZ)).fract();
            train.push(if is_voiced { pulse(TAU * phase as f32, hz) } else { 0.0 });
        }
    }
    train
}

/// f0 at one sample: linear between the middles of frames, level beyond the first and the last.
fn f0_between_frames(f0_hz: &[f32], frame: usize, n: usize) -> f32 {
    let from_middle = (n as f32 + 0.5) / HOP as f32 - 0.5;
    let neighbour = if from_middle < 0.0 { frame.saturating_sub(1) } else { (frame + 1).min(f0_hz.len() - 1) };
    let weight = from_middle.abs();
    f0_hz[frame] * (1.0 - weight) + f0_hz[neighbour] * weight
}

/// The closed form of `cos t + cos 2t + … + cos Ht`, with `H` the last harmonic below 11 kHz.
fn pulse(t: f32, hz: f32) -> f32 {
    let order = (HARMONIC_HZ_MAX / hz).floor() + 0.5;
    let divisor = 2.0 * (0.5 * t).sin();
    let sum = if divisor.abs() <= 2e-3 { order } else { (order * t).sin() / divisor };
    sum - 0.5
}

/// Normally distributed numbers from a seed (splitmix64, then Box and Muller).
struct Noise {
    state: u64,
}

impl Noise {
    const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Two independent values of mean 0 and variance 1.
    fn next_pair(&mut self) -> Complex32 {
        let bits = self.next_bits();
        let radius = (-2.0 * unit(bits as u32).ln()).sqrt();
        Complex32::from_polar(radius, TAU * unit((bits >> 32) as u32))
    }

    const fn next_bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A number above 0 and not above 1.
fn unit(bits: u32) -> f32 {
    ((bits >> 8) + 1) as f32 / (1 << 24) as f32
}

#[cfg(test)]
mod tests;
