use std::path::PathBuf;
use std::sync::mpsc;

use super::*;
use crate::domain::speech::shipped::locale;

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
    load_with(&table(), locale("en-IN"), threads)
}

fn load_with(table: &Path, locale: Locale, threads: usize) -> EmbeddedVoice {
    EmbeddedVoice::load(&models_dir(), table, locale, Arc::new(InferencePool::new(threads)), threads).unwrap()
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

#[test]
fn a_sentence_has_the_right_length_is_loud_enough_never_clips_and_is_always_the_same() {
    let voice = load(1);
    let text = "Your parcel should arrive tomorrow, between two and six in the afternoon.";
    let (first, end) = spoken(&voice, request(1, text, Urgency::Now));
    assert_eq!((first.len(), end), (1, Ok(())));
    let ms = first[0].len() / 24;
    assert!((3_000..6_000).contains(&ms), "{ms}");
    let peak = first[0].iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    assert!((22_000..23_500).contains(&peak), "{peak}");
    let energy = first[0].iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / first[0].len() as f64;
    assert!((1_000.0..8_000.0).contains(&energy.sqrt()), "{}", energy.sqrt());
    let (again, _) = spoken(&load(1), request(2, text, Urgency::Ahead));
    assert!(first == again, "the same text gives the same samples, in another process too");
}

/// Clips on disk are found by the voice's version.
#[test]
fn another_table_or_another_english_is_another_voice() {
    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("pronunciations.toml");
    let text = std::fs::read_to_string(table()).unwrap();
    std::fs::write(&changed, format!("# Words\n{text}")).unwrap();
    let shipped = load(1);
    assert_eq!(shipped.version(), load_with(&changed, locale("en-IN"), 1).version(), "a comment is not heard");
    std::fs::write(&changed, text.replacen("[phonemes]\n", "[phonemes]\nZzyx = \"zˈɪks\"\n", 1)).unwrap();
    assert_ne!(shipped.version(), load_with(&changed, locale("en-IN"), 1).version());
    let american = load_with(&table(), locale("en-US"), 1);
    assert_ne!(shipped.version(), american.version());
    let words = |voice: &EmbeddedVoice| spoken(voice, request(1, "3/4/2027", Urgency::Now)).0.concat();
    assert!(words(&shipped) != words(&american), "a date left in a text is read the way of the locale");
}

#[test]
fn slow_speech_is_longer_and_numbers_are_spoken() {
    let voice = load(1);
    let length = |text: &str, rate: SpeakingRate| {
        let (clauses, end) = spoken(&voice, SpeechRequest { rate, ..request(1, text, Urgency::Now) });
        end.unwrap();
        clauses.concat().len() as f64
    };
    let text = "Your order is on its way.";
    let ratio = length(text, SpeakingRate::SLOW) / length(text, SpeakingRate::NORMAL);
    assert!((1.1..1.4).contains(&ratio), "{ratio}");
    assert!(3.0 * length("₹1.", SpeakingRate::NORMAL) < 2.0 * length("₹1,499.", SpeakingRate::NORMAL));
}

#[test]
fn clauses_come_one_by_one_and_text_without_sound_is_empty() {
    let voice = load(1);
    let (clauses, end) = spoken(&voice, request(1, "Hello. How are you?", Urgency::Now));
    assert_eq!((clauses.len(), end), (2, Ok(())));
    for text in ["", " \n ", "…", "()[]", "🎁", "[x](/ə/)\u{0}"] {
        let (_, end) = spoken(&voice, request(1, text, Urgency::Now));
        assert_eq!(end, Ok(()), "{text:?}");
    }
    let (clauses, end) = spoken(&voice, request(1, "नमस्ते Hello 你好.", Urgency::Now));
    assert_eq!((clauses.len(), end), (1, Ok(())));
    let (clauses, end) = spoken(&voice, request(1, &"long ".repeat(1_000), Urgency::Now));
    assert!(clauses.is_empty() && matches!(end, Err(TextToSpeechError::Failed { .. })));
}

#[test]
fn a_waiting_synthesis_is_cancelled_before_it_runs_and_urgent_ones_run_first() {
    let voice = load(1);
    let (release, held) = mpsc::channel::<()>();
    voice.pool.submit(Rank::WantedSpeech, None, move || assert!(held.recv().is_ok())).unwrap();
    let (events, received) = mpsc::channel();
    let sink: SpeechSink = Arc::new(move |event| drop(events.send(event)));
    for (context, urgency) in [(1, Urgency::Ahead), (2, Urgency::Soon), (3, Urgency::Now), (4, Urgency::Now)] {
        voice.speak(request(context, "Yes.", urgency), Arc::clone(&sink));
    }
    voice.cancel(SpeechContextId(3));
    voice.cancel(SpeechContextId(99));
    release.send(()).unwrap();
    let ended: Vec<(u64, bool)> = std::iter::from_fn(|| received.recv().ok())
        .filter_map(|event| match event {
            SpeechEvent::Finished { context } => Some((context.0, true)),
            SpeechEvent::Failed { context, .. } => Some((context.0, false)),
            SpeechEvent::Audio { .. } | SpeechEvent::WordTimes { .. } => None,
        })
        .take(4)
        .collect();
    assert_eq!(ended, [(3, false), (4, true), (2, true), (1, true)]);
}

#[test]
fn two_threads_speak_at_once_and_agree() {
    let voice = load(2);
    let (events, received) = mpsc::channel();
    let sink: SpeechSink = Arc::new(move |event| drop(events.send(event)));
    for context in 0..8 {
        voice.speak(request(context, "Your parcel is here.", Urgency::Now), Arc::clone(&sink));
    }
    drop(sink);
    let mut clips = Vec::new();
    let mut finished = 0;
    while finished < 8 {
        match received.recv().unwrap() {
            SpeechEvent::Audio { samples, .. } => clips.push(samples),
            SpeechEvent::Finished { .. } => finished += 1,
            other @ (SpeechEvent::WordTimes { .. } | SpeechEvent::Failed { .. }) => panic!("{other:?}"),
        }
    }
    assert!(clips.len() == 8 && clips.iter().all(|clip| *clip == clips[0]));
}

#[test]
fn missing_files_and_wrong_entries_are_named() {
    let pool = Arc::new(InferencePool::new(1));
    let folder = tempfile::tempdir().unwrap();
    // The runtime's library is loaded once a process, so every load here names the right one.
    std::os::unix::fs::symlink(models_dir().join("onnxruntime"), folder.path().join("onnxruntime")).unwrap();
    let wrong = folder.path().join("pronunciations.toml");
    std::fs::write(&wrong, "[phonemes]\nKoramangala = \"k9\"\n").unwrap();
    let cases = [
        (folder.path().to_owned(), table(), "vocab.json"),
        (models_dir(), folder.path().join("none.toml"), "none.toml"),
        (models_dir(), wrong, "Koramangala"),
    ];
    for (models, pronunciations, named) in cases {
        let error = EmbeddedVoice::load(&models, &pronunciations, locale("en-IN"), Arc::clone(&pool), 1);
        let error = error.map(|_| ()).unwrap_err();
        assert!(matches!(&error, TextToSpeechError::Unavailable { remedy } if remedy.contains(named)), "{error}");
    }
}

#[test]
fn the_table_wins_over_the_dictionary_and_unknown_words_are_read() {
    let voice = load(1);
    let cases = [
        ("Is this Lakshmi?", "lˈʌkʃmi"),
        ("Lakshmi's parcel", "lˈʌkʃmiz"),
        ("Delhivery, please", "dəlˈɪvəɹi"),
        ("Thiruvananthapuram", "tˌɪɹuvənˌʌntəpˈuɹəm"),
        ("Shiprocket", "ʃˈɪp ɹˈɑkət"),
        ("Anantapadmanabhan is here", "bhən"),
    ];
    for (text, expected) in cases {
        let phonemes = voice.voice.phonemiser.phonemes(text).unwrap();
        assert!(phonemes.contains(expected), "{text}: {phonemes}");
    }
}
