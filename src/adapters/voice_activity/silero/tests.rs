use std::path::PathBuf;

use ort::value::Tensor;

use super::*;
use crate::adapters::inference;

fn models_dir() -> PathBuf {
    let dir = std::env::var_os("DOORSTEP_MODELS__DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("var/models"), PathBuf::from);
    assert!(dir.is_dir(), "{}: no models there; run the set-up or set DOORSTEP_MODELS__DIR", dir.display());
    dir
}

/// Recorded speech at 8 kHz: every other sample of 16 kHz audio.
fn speech() -> Vec<i16> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio-fixtures/speech/whats_the_weather_like.wav");
    hound::WavReader::open(file).unwrap().samples::<i16>().step_by(2).map(Result::unwrap).collect()
}

fn judged(samples: &[i16]) -> Vec<f32> {
    let mut stream = SileroJudge::load(&models_dir()).unwrap().open();
    samples.chunks(160).filter_map(|frame| stream.push(frame)).collect()
}

/// The same audio through the model file itself.
fn judged_by_the_runtime(samples: &[i16]) -> Vec<f32> {
    let mut session = inference::session(&models_dir(), "silero/silero_vad.onnx").unwrap();
    let mut state = vec![0.0_f32; 2 * HIDDEN];
    let mut heard = vec![0.0_f32; CONTEXT];
    let mut judgements = Vec::new();
    for window in samples.chunks_exact(WINDOW) {
        heard.drain(..heard.len() - CONTEXT);
        heard.extend(window.iter().map(|sample| f32::from(*sample) / 32_768.0));
        let input = Tensor::from_array(([1, heard.len()], heard.clone())).unwrap();
        let memory = Tensor::from_array(([2, 1, HIDDEN], state.clone())).unwrap();
        let rate = Tensor::from_array(((), vec![8_000_i64])).unwrap();
        let outputs = session.run(ort::inputs!["input" => input, "state" => memory, "sr" => rate]).unwrap();
        judgements.push(outputs["output"].try_extract_tensor::<f32>().unwrap().1[0]);
        state = outputs["stateN"].try_extract_tensor::<f32>().unwrap().1.to_vec();
    }
    judgements
}

#[test]
fn the_network_by_hand_agrees_with_the_model_file() {
    let speech = speech();
    let noise: Vec<i16> = (0..8_000_i32).map(|at| ((at * 7_919 + at * at * 31) % 6_000 - 3_000) as i16).collect();
    for samples in [speech, noise, vec![0; 4_000], vec![i16::MAX; 4_000], vec![i16::MIN; 4_000]] {
        let (ours, theirs) = (judged(&samples), judged_by_the_runtime(&samples));
        assert_eq!(ours.len(), theirs.len());
        for (window, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            assert!((ours - theirs).abs() < 1e-3, "window {window}: {ours} and {theirs}");
        }
    }
}

#[test]
fn speech_is_told_from_silence() {
    let speech = judged(&speech());
    assert!(20 < speech.iter().filter(|probability| 0.5 < **probability).count(), "{speech:?}");
    assert!(judged(&[0; 16_000]).iter().all(|probability| *probability < 0.2));
}

#[test]
fn the_size_of_a_push_changes_nothing() {
    let (judge, speech) = (SileroJudge::load(&models_dir()).unwrap(), speech());
    let expected = judged(&speech).last().copied();
    for size in [1, 100, 255, 256, 257, speech.len()] {
        let mut stream = judge.open();
        let last = speech.chunks(size).filter_map(|part| stream.push(part)).last();
        assert_eq!(last, expected, "pushes of {size}");
    }
}

#[test]
fn a_reset_stream_is_a_new_stream() {
    let (judge, speech) = (SileroJudge::load(&models_dir()).unwrap(), speech());
    let mut stream = judge.open();
    stream.push(&speech[..10_001]);
    stream.reset();
    assert_eq!(stream.push(&speech), judge.open().push(&speech));
}

#[test]
fn a_missing_or_foreign_model_is_named() {
    let error = SileroJudge::load(Path::new("nowhere")).err().unwrap();
    assert!(error.contains("nowhere/silero/silero_vad.onnx"), "{error}");
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("silero")).unwrap();
    std::fs::write(dir.path().join("silero/silero_vad.onnx"), b"\x08\x07").unwrap();
    assert!(SileroJudge::load(dir.path()).is_err());
}
