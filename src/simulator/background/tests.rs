use super::{Background, Noise, SPEECH_RMS};
use crate::simulator::playout::{FRAME_BYTES, ULAW_SILENCE};

fn rms(samples: &[i16]) -> f32 {
    let power = samples.iter().map(|sample| f32::from(*sample).powi(2)).sum::<f32>() / samples.len() as f32;
    power.sqrt()
}

#[test]
fn every_noise_has_the_level_that_was_asked_for_and_its_own_sound() {
    let made = Noise::ALL.map(|noise| Background::made(noise, 20.0, 3));
    for (noise, background) in Noise::ALL.iter().zip(&made) {
        let level = rms(&background.samples);
        assert!((level - SPEECH_RMS / 10.0).abs() < 5.0, "{noise:?}: {level}");
    }
    for (at, background) in made.iter().enumerate() {
        assert!(made[..at].iter().all(|other| other.samples != background.samples), "{:?}", Noise::ALL[at]);
    }
}

#[test]
fn the_same_seed_makes_the_same_noise() {
    let samples = |seed| Background::made(Noise::Crowd, 20.0, seed).samples;
    assert_eq!(samples(4), samples(4));
    assert_ne!(samples(4), samples(5));
}

#[test]
fn noise_lies_under_every_frame_and_goes_round() {
    let mut background = Background { samples: [400, -400, 1_000].into(), at: 0 };
    let mut frames = [[ULAW_SILENCE; FRAME_BYTES]; 2];
    frames.iter_mut().for_each(|frame| background.mix(frame));
    assert!(frames.iter().flatten().all(|byte| *byte != ULAW_SILENCE));
    assert_eq!(background.at, 2 * FRAME_BYTES % 3);
    assert_ne!(frames[0], frames[1], "160 is no multiple of three");
}

#[test]
fn nothing_to_mix_changes_nothing() {
    let mut frame = [ULAW_SILENCE; FRAME_BYTES];
    Background { samples: [].into(), at: 0 }.mix(&mut frame);
    assert_eq!(frame, [ULAW_SILENCE; FRAME_BYTES]);
}
