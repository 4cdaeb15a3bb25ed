//! What else is heard at the caller's end: noise made from a seed, or from recordings, mixed into every frame.

use std::f32::consts::TAU;
use std::path::Path;
use std::sync::Arc;

use audio_codec_algorithms::{decode_ulaw, encode_ulaw};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

use super::clip::Clip;
use super::playout::FRAME_BYTES;

const RATE_HZ: usize = 8_000;
/// A made noise repeats after this.
const LOOP_SECONDS: usize = 20;
/// The level of speech on a telephone line, as root mean square: what the share of noise is counted against.
const SPEECH_RMS: f32 = 2_000.0;

/// Where the caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    /// The hiss of a bad line.
    Hiss,
    /// Traffic: low rumble that swells and fades.
    Street,
    /// In a car: a steady low rumble with the engine's tone.
    Car,
    /// A fan and the hum of the mains.
    Fan,
    /// Many people at once: bands of noise that come and go as syllables do.
    Crowd,
}

impl Noise {
    pub const ALL: [Self; 5] = [Self::Hiss, Self::Street, Self::Car, Self::Fan, Self::Crowd];
}

/// A noise that goes on under the whole call.
#[derive(Clone, Debug)]
pub struct Background {
    samples: Arc<[i16]>,
    at: usize,
}

impl Background {
    /// Makes a noise, so many decibels below speech.
    pub fn made(noise: Noise, snr_db: f32, seed: u64) -> Self {
        let mut chance = SmallRng::seed_from_u64(seed);
        let samples = match noise {
            Noise::Hiss => white(&mut chance),
            Noise::Street => swelling(&low_passed(&white(&mut chance), 0.06), 0.11),
            Noise::Car => car(&mut chance),
            Noise::Fan => fan(&mut chance),
            Noise::Crowd => crowd(&mut chance),
        };
        Self::at_level(&samples, snr_db)
    }

    /// A recording, repeated, so many decibels below speech. Mono 16-bit WAV, its rate a multiple of 8 kHz.
    ///
    /// Errors: the text says what the file is instead.
    pub fn recorded(path: &Path, snr_db: f32) -> Result<Self, String> {
        let clip = Clip::from_wav(path)?;
        let samples: Vec<f32> = clip.frames.iter().flatten().map(|byte| f32::from(decode_ulaw(*byte))).collect();
        Ok(Self::at_level(&samples, snr_db))
    }

    fn at_level(samples: &[f32], snr_db: f32) -> Self {
        let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32;
        let wanted = SPEECH_RMS * 10.0_f32.powf(-snr_db / 20.0);
        let gain = if power > 0.0 { wanted / power.sqrt() } else { 0.0 };
        Self { samples: samples.iter().map(|sample| (sample * gain) as i16).collect(), at: 0 }
    }

    /// Adds the next 20 ms to a frame.
    pub(super) fn mix(&mut self, frame: &mut [u8; FRAME_BYTES]) {
        for byte in frame {
            let Some(noise) = self.samples.get(self.at) else { return };
            self.at = (self.at + 1) % self.samples.len();
            *byte = encode_ulaw(decode_ulaw(*byte).saturating_add(*noise));
        }
    }
}

fn white(chance: &mut SmallRng) -> Vec<f32> {
    (0..LOOP_SECONDS * RATE_HZ).map(|_| chance.random_range(-1.0..1.0_f32)).collect()
}

/// One pole; `share` of each new sample is taken.
fn low_passed(samples: &[f32], share: f32) -> Vec<f32> {
    let mut kept = 0.0;
    samples
        .iter()
        .map(|sample| {
            kept += share * (sample - kept);
            kept
        })
        .collect()
}

/// Louder and softer, a few times a loop.
fn swelling(samples: &[f32], times_a_second: f32) -> Vec<f32> {
    let phase = |at: usize| TAU * times_a_second * at as f32 / RATE_HZ as f32;
    samples.iter().enumerate().map(|(at, sample)| sample * (1.0 + 0.7 * phase(at).sin())).collect()
}

fn tone(hz: f32, at: usize) -> f32 {
    (TAU * hz * at as f32 / RATE_HZ as f32).sin()
}

fn car(chance: &mut SmallRng) -> Vec<f32> {
    let rumble = low_passed(&low_passed(&white(chance), 0.1), 0.1);
    rumble.iter().enumerate().map(|(at, sample)| sample * 4.0 + 0.25 * tone(85.0, at) + 0.1 * tone(170.0, at)).collect()
}

fn fan(chance: &mut SmallRng) -> Vec<f32> {
    let air = low_passed(&white(chance), 0.35);
    air.iter().enumerate().map(|(at, sample)| sample + 0.08 * tone(100.0, at) + 0.04 * tone(300.0, at)).collect()
}

/// Six voices' worth of vowel-like bands, each with its own rhythm of syllables and pauses.
fn crowd(chance: &mut SmallRng) -> Vec<f32> {
    let mut sum = vec![0.0; LOOP_SECONDS * RATE_HZ];
    for _ in 0..6 {
        let pitch = chance.random_range(95.0..230.0_f32);
        let mut at = 0;
        while at < sum.len() {
            let length = chance.random_range(RATE_HZ / 12..RATE_HZ / 4);
            let is_pause = chance.random_range(0.0..1.0_f32) < 0.25;
            let formant = chance.random_range(300.0..1_900.0_f32);
            let end = (at + length).min(sum.len());
            for (place, sample) in sum.iter_mut().enumerate().take(end).skip(at) {
                let share = (place - at) as f32 / length as f32;
                let swell = (share * TAU / 2.0).sin();
                let voice = tone(pitch, place) * (0.5 + 0.5 * tone(formant, place));
                *sample += if is_pause { 0.0 } else { voice * swell };
            }
            at = end;
        }
    }
    sum
}

#[cfg(test)]
mod tests;
