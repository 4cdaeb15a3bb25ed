use super::*;

const MUTE: f32 = -30.0;

fn steady(frames: usize, f0: f32, harmonic: f32, noise: f32) -> Vec<f32> {
    let level = |value: f32| vec![value; BINS * frames];
    let (harmonic_log, noise_log, free_log) = (level(harmonic), level(noise), level(MUTE));
    let (harmonic_turn, free_phase) = (level(0.0), level(0.0));
    WaveformMaker::new().samples(&SpectrumParts {
        harmonic_log: &harmonic_log,
        harmonic_turn: &harmonic_turn,
        noise_log: &noise_log,
        free_log: &free_log,
        free_phase: &free_phase,
        f0_hz: &vec![f0; frames],
    })
}

#[test]
fn a_steady_voice_repeats_at_its_pitch() {
    let samples = steady(40, 200.0, -2.0, MUTE);
    assert_eq!(samples.len(), 40 * HOP);
    let middle = &samples[3_000..9_000];
    let period = (SAMPLE_RATE_HZ / 200) as usize;
    let energy: f32 = middle.iter().map(|s| s * s).sum();
    let alike: f32 = middle.iter().zip(&middle[period..]).map(|(a, b)| a * b).sum();
    assert!(0.01 < energy, "energy {energy}");
    assert!(0.9 * energy < alike, "{alike} of {energy}");
}

#[test]
fn without_pitch_there_is_no_pulse_and_noise_is_the_same_each_time() {
    let silent = steady(10, 0.0, 0.0, MUTE);
    assert!(silent.iter().all(|sample| sample.abs() < 1e-6));
    let noise = steady(10, 0.0, MUTE, -3.0);
    assert!(noise.iter().any(|sample| 0.001 < sample.abs()));
    assert_eq!(noise, steady(10, 0.0, MUTE, -3.0));
}

#[test]
fn one_frame_is_enough() {
    for frames in 1..6 {
        assert_eq!(steady(frames, 150.0, -2.0, -4.0).len(), frames * HOP);
    }
}

#[test]
fn noise_is_centred_with_unit_variance() {
    let mut noise = Noise::new(1);
    let values: Vec<f32> = (0..20_000)
        .flat_map(|_| {
            let z = noise.next_pair();
            [z.re, z.im]
        })
        .collect();
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let variance = values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32;
    assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
}
