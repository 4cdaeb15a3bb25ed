use super::*;

fn tone(hz: f32, rate_hz: u32) -> Vec<f32> {
    (0..rate_hz).map(|at| 0.5 * (std::f32::consts::TAU * hz * at as f32 / rate_hz as f32).sin()).collect()
}

fn level(samples: &[i16]) -> f32 {
    let power: f32 = samples.iter().map(|sample| (f32::from(*sample) / 32_768.0).powi(2)).sum();
    (power / samples.len().max(1) as f32).sqrt()
}

#[test]
fn the_band_passes_speech_and_nothing_beside_it() {
    for rate_hz in [8_000, 11_025, 16_000, 44_100] {
        for (hz, is_passed) in [(60.0, false), (300.0, true), (1_000.0, true), (3_400.0, true), (3_700.0, false)] {
            let heard = over_the_phone(&tone(hz, rate_hz), rate_hz);
            assert_eq!(heard.len(), 8_000);
            let passed = level(&heard) / (0.5 / 2.0_f32.sqrt());
            assert_eq!(0.9 < passed, is_passed, "{hz} Hz at {rate_hz}: {passed}");
            assert!(is_passed || passed < 0.05, "{hz} Hz at {rate_hz}: {passed}");
        }
    }
}

#[test]
fn the_step_to_16_khz_keeps_the_sound() {
    let heard = over_the_phone(&tone(1_000.0, 8_000), 8_000);
    let wide = to_16_khz(&heard);
    assert_eq!(wide.len(), 2 * heard.len());
    assert!((level(&wide) / level(&heard) - 1.0).abs() < 0.01);
}

#[test]
fn nothing_and_strange_rates_are_survived() {
    assert!(over_the_phone(&[], 16_000).is_empty());
    assert!(over_the_phone(&[0.1; 3], 0).len() < 30_000);
    assert!(over_the_phone(&[0.1; 100], u32::MAX).is_empty());
    assert_eq!(over_the_phone(&[f32::NAN; 8], 8_000).len(), 8);
    assert!(to_16_khz(&[]).is_empty());
}
