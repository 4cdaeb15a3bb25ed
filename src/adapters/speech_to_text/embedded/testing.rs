//! What the tests of the embedded recogniser share: the model, recordings, and a call that listens.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::EmbeddedRecogniser;
use crate::adapters::inference::InferencePool;
use crate::domain::dialogue::understanding::head::{Example, read_examples};
use crate::domain::hearing::{RecognitionContext, Transcript};
use crate::domain::values::{CallId, SegmentId};
use crate::ports::speech_to_text::{Reading, ReadingPurpose, SpeechToText, SpeechToTextStream};

/// Where the models are: `DOORSTEP_MODELS__DIR`, else `var/models` of this repository.
pub(crate) fn models_dir() -> PathBuf {
    let dir = std::env::var_os("DOORSTEP_MODELS__DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("var/models"), PathBuf::from);
    assert!(dir.is_dir(), "{}: no models there; run the set-up or set DOORSTEP_MODELS__DIR", dir.display());
    dir
}

/// One recogniser for all tests, which knows the examples as that of a server does.
pub(crate) fn recogniser() -> &'static EmbeddedRecogniser {
    static RECOGNISER: OnceLock<EmbeddedRecogniser> = OnceLock::new();
    RECOGNISER.get_or_init(|| {
        let loaded = EmbeddedRecogniser::load(&models_dir(), Arc::new(InferencePool::new(2)), 2);
        loaded.expect("the models are installed").knowing(sayings().iter().map(String::as_str))
    })
}

/// One that knows no examples.
pub(crate) fn plain_recogniser() -> &'static EmbeddedRecogniser {
    static RECOGNISER: OnceLock<EmbeddedRecogniser> = OnceLock::new();
    RECOGNISER.get_or_init(|| {
        EmbeddedRecogniser::load(&models_dir(), Arc::new(InferencePool::new(1)), 1).expect("the models are installed")
    })
}

/// What callers say, as the examples have it.
pub(crate) fn sayings() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts/understanding/examples/en");
    let files = std::fs::read_dir(folder).expect("the examples are there");
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let examples = texts.flat_map(|text| read_examples(&text).expect("the examples are of the form"));
    examples.filter(Example::may_be_expected).map(|example| example.text).collect()
}

pub(crate) fn fixture(name: &str) -> Vec<i16> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio-fixtures/speech").join(name);
    hound::WavReader::open(file).unwrap().samples::<i16>().map(Result::unwrap).collect()
}

/// A stream of a new call, and its readings.
pub(crate) fn listening(recogniser: &dyn SpeechToText) -> (Box<dyn SpeechToTextStream>, Receiver<Reading>) {
    let (sink, readings) = channel();
    let sink = Arc::new(move |reading| {
        let _ = sink.send(reading);
    });
    let stream = recogniser.open(CallId::new(uuid::Uuid::from_u128(7)), sink).expect("the recogniser is loaded");
    (stream, readings)
}

/// The final reading of `samples`, 16 kHz, where `context` is awaited.
pub(crate) fn heard(samples: &[i16], context: RecognitionContext) -> Transcript {
    heard_by(recogniser(), samples, context)
}

/// The same of another recogniser.
pub(crate) fn heard_by(recogniser: &dyn SpeechToText, samples: &[i16], context: RecognitionContext) -> Transcript {
    let (mut stream, readings) = listening(recogniser);
    stream.expect(Arc::new(context));
    stream.begin_segment(SegmentId(1), Duration::ZERO);
    samples.chunks(320).for_each(|frame| stream.push(frame));
    stream.transcribe(SegmentId(1), 1, ReadingPurpose::Final);
    readings.recv().unwrap().result.unwrap()
}
