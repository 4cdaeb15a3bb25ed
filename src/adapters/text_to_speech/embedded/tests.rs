use std::path::PathBuf;
use std::sync::mpsc;

use super::*;

fn models_dir() -> PathBuf {
    let dir = std::env::var_os("DOORSTEP_MODELS__DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("var/models"), PathBuf::from);
    let model = dir.join("hibari/hibari.onnx");
    assert!(
        model.exists(),
        "{} is missing: fetch the speech models, or point DOORSTEP_MODELS__DIR at them",
        model.display()
    );
    dir
}

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts/pronunciations.toml")
}

fn load(threads: usize) -> EmbeddedVoice {
    EmbeddedVoice::load(&models_dir(), &table(), Arc::new(InferencePool::new(threads)), threads).unwrap()
}

fn request(context: u64, text: &str, urgency: Urgency) -> SpeechRequest {
    SpeechRequest {
        context: SpeechContextId(context),
        call: None,
        text: text.to_owned(),
        rate: SpeakingRate::NORMAL,
        urgency,
    }
}

/// Everything one request gave, and how it ended.
fn spoken(voice: &EmbeddedVoice, request: SpeechRequest) -> (Vec<Vec<i16>>, Result<(), TextToSpeechError>) {
    let (events, received) = mpsc::channel();
    voice.speak(request, Arc::new(move |event| drop(events.send(event))));
    let mut clauses = Vec::new();
    loop {
        match received.recv().unwrap() {
            SpeechEvent::Audio { samples, .. } => clauses.push(samples.to_vec()),
            SpeechEvent::WordTimes { .. } => (),
            SpeechEvent::Finished { .. } => return (clauses, Ok(())),
            SpeechEvent::Failed { error, .. } => return (clauses, Err(error)),
        }
    }
}

/// Writes what a listener or a recogniser is to judge: `SAY_LINES` names a file of lines, `SAY_INTO` a folder.
#[test]
fn says_lines_for_listening() {
    let (Ok(lines), Ok(folder)) = (std::env::var("SAY_LINES"), std::env::var("SAY_INTO")) else { return };
    let voice = load(1);
    for (n, line) in std::fs::read_to_string(lines).unwrap().lines().enumerate() {
        let start = std::time::Instant::now();
        let (clauses, end) = spoken(&voice, request(n as u64, line, Urgency::Now));
        end.unwrap();
        println!(
            "{n} {:?} {} ms {:?}",
            start.elapsed(),
            clauses.concat().len() / 24,
            voice.voice.phonemiser.phonemes(line)
        );
        let path = Path::new(&folder).join(format!("{n:03}.wav"));
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: SAMPLE_RATE_HZ,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::create(path, spec).unwrap();
        clauses.concat().into_iter().for_each(|sample| wav.write_sample(sample).unwrap());
        wav.finalize().unwrap();
    }
}
