use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc;

use crate::ports::text_to_speech::SpeakingRate;

use super::*;
use crate::domain::speech::shipped::locale;

fn request(context: u64, urgency: Urgency) -> SpeechRequest {
    SpeechRequest {
        context: SpeechContextId(context),
        call: None,
        text: "Your parcel is on its way.".to_owned(),
        rate: SpeakingRate::NORMAL,
        urgency,
    }
}

/// A program of ours in flite's place, so that the tests need nothing installed.
fn stand_in(script: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("flite");
    std::fs::write(&program, format!("#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let name = program.to_str().unwrap().to_owned();
    (folder, name)
}

fn write_wav(path: &std::path::Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    (0..4_000_u16).for_each(|n| wav.write_sample((8_000.0 * (f32::from(n) * 0.5).sin()) as i16).unwrap());
    wav.finalize().unwrap();
}

fn events_of(voice: &FliteVoice, request: SpeechRequest) -> Vec<SpeechEvent> {
    let (events, received) = mpsc::channel();
    voice.speak(request, Arc::new(move |event| drop(events.send(event))));
    received.iter().collect()
}

#[test]
fn a_missing_program_is_named() {
    let error = FliteVoice::start("/nonexistent/flite", SPARE_VOICE, locale("en-IN"), 1).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("install the Debian package flite"), "{error}");
}

#[test]
fn speaks_what_the_program_gives() {
    let (folder, program) = stand_in("cat >/dev/null; cp \"$(dirname \"$0\")/clip.wav\" \"$8\"");
    write_wav(&folder.path().join("clip.wav"));
    let voice = FliteVoice::start(&program, SPARE_VOICE, locale("en-IN"), 1).unwrap();
    let events = events_of(&voice, request(1, Urgency::Now));
    let [SpeechEvent::Audio { samples, .. }, SpeechEvent::Finished { context: SpeechContextId(1) }] = events.as_slice()
    else {
        panic!("{events:?}");
    };
    assert!((8_000 + 3_000..8_000 + 4_000).contains(&samples.len()), "half a second and its pause: {}", samples.len());
}

#[test]
fn a_program_that_fails_fails_the_utterance() {
    for script in ["exit 3", "cat >/dev/null", "cat >/dev/null; echo nonsense > \"$8\""] {
        let (_folder, program) = stand_in(script);
        let voice = FliteVoice::start(&program, SPARE_VOICE, locale("en-IN"), 1).unwrap();
        let events = events_of(&voice, request(1, Urgency::Now));
        assert!(
            matches!(events.as_slice(), [SpeechEvent::Failed { error: TextToSpeechError::Failed { .. }, .. }]),
            "{script}: {events:?}"
        );
    }
}

#[test]
fn a_hung_program_holds_one_thread_and_the_queue_is_ranked_bounded_and_cancellable() {
    let (folder, program) = stand_in("cat >/dev/null; read -r _ < \"$(dirname \"$0\")/gate\"; exit 1");
    let gate = folder.path().join("gate");
    assert!(Command::new("mkfifo").arg(&gate).status().unwrap().success());
    let voice = FliteVoice::start(&program, SPARE_VOICE, locale("en-IN"), 1).unwrap();
    let (events, received) = mpsc::channel();
    let sink: SpeechSink = Arc::new(move |event| drop(events.send(event)));
    voice.speak(request(0, Urgency::Now), Arc::clone(&sink));
    // Opening the gate waits until the program stands at it, so that the queue below is untouched.
    let gate = std::fs::OpenOptions::new().write(true).open(&gate).unwrap();
    for context in 1..=WAITING_MAX as u64 {
        voice.speak(request(context, if context == 9 { Urgency::Now } else { Urgency::Ahead }), Arc::clone(&sink));
    }
    voice.speak(request(900, Urgency::Now), Arc::clone(&sink));
    assert!(matches!(
        received.recv().unwrap(),
        SpeechEvent::Failed { context: SpeechContextId(900), error: TextToSpeechError::Overloaded }
    ));
    let first = lock(&voice.queue.waiting).jobs.first_key_value().map(|(_, (request, _))| request.context);
    assert_eq!(first, Some(SpeechContextId(9)));
    for context in 1..=WAITING_MAX as u64 {
        voice.cancel(SpeechContextId(context));
        let SpeechEvent::Failed { context: gone, error: TextToSpeechError::Cancelled } = received.recv().unwrap()
        else {
            panic!("a waiting utterance is cancelled at once");
        };
        assert_eq!(gone, SpeechContextId(context));
    }
    drop(gate);
    assert!(matches!(received.recv().unwrap(), SpeechEvent::Failed { context: SpeechContextId(0), .. }));
}
