use std::f32::consts::TAU;

use super::{Clip, decimated, is_audible};

fn tone(hz: f32, rate_hz: u32, ms: u32) -> Vec<i16> {
    let count = rate_hz * ms / 1_000;
    (0..count).map(|n| (8_000.0 * (TAU * hz * n as f32 / rate_hz as f32).sin()) as i16).collect()
}

#[test]
fn silence_around_speech_is_not_speech() {
    for rate_hz in [8_000, 16_000, 48_000] {
        let quiet = vec![0; (rate_hz / 10) as usize];
        let samples = [quiet.clone(), tone(440.0, rate_hz, 200), quiet].concat();
        let clip = Clip::from_samples(&samples, rate_hz).unwrap();
        assert_eq!((clip.frames.len(), clip.speech), (20, 5..15), "{rate_hz}");
    }
}

#[test]
fn what_the_wire_cannot_carry_is_filtered_out() {
    let kept = decimated(&tone(1_000.0, 16_000, 100), 2);
    let folded = decimated(&tone(6_000.0, 16_000, 100), 2);
    let loudest = |samples: &[i16]| samples[100..700].iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    assert!(loudest(&kept) > 7_800, "{}", loudest(&kept));
    assert!(loudest(&folded) < 80, "{}", loudest(&folded));
}

#[test]
fn recordings_that_do_not_fit_are_refused() {
    assert!(Clip::from_samples(&[1; 100], 44_100).unwrap_err().contains("44100"));
    assert!(Clip::from_samples(&[1; 100], 0).is_err());
    assert_eq!(Clip::from_samples(&[0; 1_000], 8_000).unwrap_err(), "the recording is silent");
    assert_eq!(Clip::from_samples(&[], 8_000).unwrap_err(), "the recording is silent");
}

#[test]
fn a_wav_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for sample in tone(440.0, 16_000, 100) {
        writer.write_sample(sample).unwrap();
    }
    writer.finalize().unwrap();
    assert_eq!(Clip::from_wav(&path).unwrap().frames.len(), 5);
    assert!(Clip::from_wav(&folder.path().join("none.wav")).unwrap_err().contains("none.wav"));
}

#[test]
fn quiet_frames_are_not_heard() {
    assert!(!is_audible(&[0xff; 160]));
    assert!(!is_audible(&[0xf8; 160]));
    assert!(is_audible(&[0x80; 160]));
}
