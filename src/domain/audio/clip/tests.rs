use std::f32::consts::TAU;

use super::*;

fn tone(hz: f32, rate_hz: u32, ms: u32, amplitude: f32) -> Vec<i16> {
    (0..rate_hz * ms / 1_000).map(|n| (amplitude * (TAU * hz * n as f32 / rate_hz as f32).sin()) as i16).collect()
}

fn rms(samples: &[i16]) -> f32 {
    (samples.iter().map(|&s| f32::from(s).powi(2)).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}

#[test]
fn a_tone_of_the_telephone_band_survives() {
    for (from, to) in [(24_000, 8_000), (24_000, 16_000), (22_050, 8_000), (16_000, 8_000), (8_000, 16_000)] {
        let clip = tone(1_000.0, from, 500, 10_000.0);
        let resampled = resample_clip(&clip, from, to).unwrap();
        assert_eq!(resampled.len(), (clip.len() * to as usize).div_ceil(from as usize), "{from} to {to}");
        let middle = &resampled[resampled.len() / 4..resampled.len() * 3 / 4];
        assert!((rms(middle) - 7_071.0).abs() < 100.0, "{from} to {to}: {}", rms(middle));
    }
}

#[test]
fn what_the_telephone_cannot_carry_is_removed_not_folded() {
    for hz in [4_300.0, 5_000.0, 7_000.0, 11_000.0] {
        let resampled = resample_clip(&tone(hz, 24_000, 500, 10_000.0), 24_000, 8_000).unwrap();
        let middle = &resampled[resampled.len() / 4..resampled.len() * 3 / 4];
        assert!(rms(middle) < 60.0, "{hz} Hz leaves {}", rms(middle));
    }
}

#[test]
fn the_clip_neither_moves_nor_loses_its_tail() {
    let mut clip = vec![0_i16; 24_000];
    clip[2_400..2_640].fill(8_000);
    clip[23_700..23_940].fill(8_000);
    let resampled = resample_clip(&clip, 24_000, 8_000).unwrap();
    let loud: Vec<usize> = (0..resampled.len()).filter(|&n| 4_000 < resampled[n]).collect();
    assert!(loud.first().is_some_and(|n| n.abs_diff(800) <= 1), "{loud:?}");
    assert!(loud.last().is_some_and(|n| n.abs_diff(7_979) <= 1), "{loud:?}");
}

#[test]
fn full_scale_saturates_and_odd_clips_work() {
    let square: Vec<i16> = (0..24_000).map(|n| if n / 40 % 2 == 0 { i16::MAX } else { i16::MIN }).collect();
    let resampled = resample_clip(&square, 24_000, 8_000).unwrap();
    assert!(resampled.windows(2).all(|pair| !(pair[0] == i16::MAX && pair[1] == i16::MIN)));
    for len in [0, 1, 2, 479, 480, 481] {
        assert_eq!(resample_clip(&vec![100; len], 24_000, 8_000).unwrap().len(), len.div_ceil(3));
    }
    assert_eq!(resample_clip(&[1, 2, 3], 8_000, 8_000).unwrap(), [1, 2, 3]);
    assert!(resample_clip(&[1], 0, 8_000).is_err() && resample_clip(&[1], 8_000, 0).is_err());
}

#[test]
fn a_clause_is_trimmed_levelled_and_given_its_gap() {
    let mut samples = vec![0.0_f32; 24_000];
    samples[9_600..14_400].iter_mut().enumerate().for_each(|(n, s)| *s = 0.4 * (n as f32 * 0.1).sin());
    let shaped = shape_clause(&samples, 24_000, Duration::from_millis(100));
    let ms = shaped.len() / 24;
    assert!((345..=352).contains(&ms), "200 of sound, 20 before, 30 of fade, 100 of gap: {ms}");
    let peak = shaped.iter().map(|s| s.unsigned_abs()).max().unwrap();
    assert!((22_800..=23_000).contains(&peak), "{peak}");
    assert!(shaped[shaped.len() - 2_400..].iter().all(|&s| s == 0));
}

#[test]
fn loud_clauses_come_down_and_silence_stays_empty() {
    let loud: Vec<f32> = (0..2_400).map(|n| 3.0 * (n as f32 * 0.1).sin()).collect();
    assert!(shape_clause(&loud, 24_000, Duration::ZERO).iter().all(|s| s.unsigned_abs() < 23_000));
    let faint: Vec<f32> = (0..2_400).map(|n| 0.01 * (n as f32 * 0.1).sin()).collect();
    assert!(shape_clause(&faint, 24_000, Duration::ZERO).iter().all(|s| s.unsigned_abs() < 1_400));
    assert!(shape_clause(&[0.0; 2_400], 24_000, Duration::from_millis(100)).is_empty());
    assert!(shape_clause(&[], 24_000, Duration::from_millis(100)).is_empty());
}
