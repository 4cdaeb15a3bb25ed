use std::f32::consts::TAU;

use super::{Tone, ToneDetector};
use crate::domain::audio::mean_power;
use crate::domain::values::CallTime;

const RATE_HZ: u32 = 8_000;

/// A repeatable hiss.
struct Hiss(u32);

impl Hiss {
    fn next(&mut self, amplitude: f32) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 23) as f32 * amplitude - amplitude
    }
}

/// Parts of `(hz, ms)`; 0 Hz is silence, several frequencies sound together.
fn sound(parts: &[(&[f32], u32)], noise: f32) -> Vec<i16> {
    let mut hiss = Hiss(7);
    let mut samples = Vec::new();
    for (frequencies, ms) in parts {
        for at in 0..ms * RATE_HZ / 1_000 {
            let wave = |hz: &f32| 6_000.0 * (TAU * hz * at as f32 / RATE_HZ as f32).sin();
            samples.push((frequencies.iter().map(wave).sum::<f32>() + hiss.next(noise)) as i16);
        }
    }
    samples
}

/// The tones found, with the time they were known.
fn tones(samples: &[i16]) -> Vec<(u64, Tone)> {
    let mut detector = ToneDetector::new(RATE_HZ);
    let frames = (1_u64..).zip(samples.chunks_exact(160));
    let found = frames.filter_map(|(number, frame)| {
        let now = CallTime::from_ms(number * 20);
        detector.push(now, frame, mean_power(frame)).map(|tone| (now.as_ms(), tone))
    });
    found.collect()
}

const QUIET: (&[f32], u32) = (&[], 300);

#[test]
fn beeps_of_any_pitch_are_found_when_they_end() {
    for hz in [425.0, 440.0, 850.0, 1_000.0, 1_373.0, 2_000.0] {
        for ms in [200, 420, 1_000] {
            for noise in [0.0, 400.0, 1_500.0] {
                let found = tones(&sound(&[QUIET, (&[hz], ms), QUIET], noise));
                assert_eq!(found.len(), 1, "{hz} Hz, {ms} ms, noise {noise}: {found:?}");
                let (at, tone) = found[0];
                assert_eq!(tone, Tone::Beep);
                let ended = u64::from(300 + ms);
                assert!((ended..=ended + 80).contains(&at), "{hz} Hz, {ms} ms: known at {at}");
            }
        }
    }
}

#[test]
fn a_key_a_ringback_and_a_long_hum_are_no_beeps() {
    let key: &[f32] = &[770.0, 1_336.0];
    let ringback: &[f32] = &[440.0, 480.0];
    for part in [(key, 200), (ringback, 1_000), (&[1_000.0][..], 80), (&[1_000.0][..], 4_000), (&[50.0][..], 400)] {
        assert_eq!(tones(&sound(&[QUIET, part, QUIET], 100.0)), [], "{part:?}");
    }
}

#[test]
fn a_vowel_is_no_beep() {
    // A voice of 200 Hz with all its harmonics, one of them four times as strong as its neighbours.
    let harmonics: Vec<f32> = (1..12).map(|n| 200.0 * n as f32).chain([600.0; 2]).collect();
    assert_eq!(tones(&sound(&[QUIET, (&harmonics, 500), QUIET], 0.0)), []);
}

#[test]
fn a_fax_is_known_before_its_tone_ends() {
    let found = tones(&sound(&[QUIET, (&[2_100.0], 3_000), QUIET], 300.0));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1 == Tone::Fax && found[0].0 <= 300 + 540, "{found:?}");
}

#[test]
fn three_rising_tones_announce_the_network() {
    let rising: [(&[f32], u32); 5] = [QUIET, (&[950.0], 330), (&[1_400.0], 330), (&[1_800.0], 330), QUIET];
    let found: Vec<Tone> = tones(&sound(&rising, 100.0)).into_iter().map(|(_, tone)| tone).collect();
    assert_eq!(found.last(), Some(&Tone::Announcement));
}

#[test]
fn a_tone_outlives_a_lost_packet() {
    let broken: [(&[f32], u32); 5] = [QUIET, (&[1_000.0], 200), (&[], 40), (&[1_000.0], 200), QUIET];
    assert_eq!(tones(&sound(&broken, 100.0)).len(), 1);
}

#[test]
fn a_whistle_that_glides_is_no_beep() {
    let glide: Vec<i16> = (0..8_000)
        .map(|at| {
            let t = at as f32 / RATE_HZ as f32;
            (6_000.0 * (TAU * (600.0 * t + 700.0 * t * t)).sin()) as i16
        })
        .collect();
    assert_eq!(tones(&glide), []);
}
