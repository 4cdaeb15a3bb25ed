use std::path::Path;
use std::sync::Arc;

use crate::adapters::inference::InferencePool;
use crate::adapters::speech_to_text::embedded::EmbeddedRecogniser;
use crate::adapters::speech_to_text::embedded::digits::digits_said;
use crate::adapters::speech_to_text::embedded::testing::{fixture, heard};
use crate::domain::hearing::{Awaited, DigitCount, RecognitionContext};
use crate::ports::speech_to_text::SpeechToTextError;

#[test]
fn a_recorded_question_is_heard_word_for_word() {
    let transcript = heard(&fixture("whats_the_weather_like.wav"), RecognitionContext::open());
    assert_eq!(transcript.text(), "What's the weather like?");
    let best = transcript.best().unwrap();
    let words: Vec<&str> = best.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words, ["What's", "the", "weather", "like?"]);
    assert!(0.8 < best.confidence, "{}", best.confidence);
}

#[test]
fn silence_and_clicks_are_heard_as_nothing() {
    for samples in [vec![], vec![0; 16_000], vec![9_000; 1_000], vec![3; 48_000]] {
        let transcript = heard(&samples, RecognitionContext::open());
        assert!(transcript.hypotheses.is_empty(), "{} samples: {:?}", samples.len(), transcript.hypotheses);
    }
}

#[test]
fn a_missing_model_is_named() {
    let pool = Arc::new(InferencePool::new(1));
    let Err(SpeechToTextError::Unavailable { remedy }) = EmbeddedRecogniser::load(Path::new("nowhere"), pool, 1) else {
        panic!("loaded a model from nowhere");
    };
    assert!(remedy.contains("nowhere/moonshine-tiny-en/tokenizer.bin"), "{remedy}");
}

/// The numbers heard in a recording of "526018", best first, with `references` on record.
fn numbers_heard(references: &[String]) -> Vec<String> {
    let context = RecognitionContext {
        awaited: Awaited::Digits(DigitCount { min: 6, max: 6 }),
        phrases: Vec::new(),
        references: references.to_vec(),
    };
    let samples: Vec<i16> =
        fixture("digits/526018_jackson_0.wav").into_iter().flat_map(|sample| [sample, sample]).collect();
    let transcript = heard(&samples, context);
    transcript.hypotheses.iter().filter_map(|hypothesis| digits_said(&hypothesis.text)).collect()
}

#[test]
fn a_number_on_record_never_replaces_the_one_that_was_said() {
    let heard = numbers_heard(&[]);
    assert_eq!(heard[0], "526018");
    let mut rivals = heard[1..].to_vec();
    rivals.extend(["526019", "526010", "526818"].map(str::to_owned));
    assert_eq!(numbers_heard(&rivals)[0], "526018", "{rivals:?} on record");
    for reference in ["KH-526018", "526019", "536018", "KH-452719", "52601", "5260188", "", "KH"] {
        assert_eq!(numbers_heard(&[reference.to_owned()])[0], "526018", "{reference} on record");
    }
}

#[test]
fn speech_is_not_forced_into_digits() {
    for awaited in [Awaited::Digits(DigitCount { min: 6, max: 6 }), Awaited::OrderReference, Awaited::Postcode] {
        let context = RecognitionContext { awaited, ..RecognitionContext::open() };
        let transcript = heard(&fixture("whats_the_weather_like.wav"), context);
        assert_eq!(transcript.text(), "What's the weather like?", "{awaited:?}");
    }
}
