use std::path::Path;
use std::sync::Arc;

use crate::adapters::inference::InferencePool;
use crate::adapters::speech_to_text::embedded::EmbeddedRecogniser;
use crate::adapters::speech_to_text::embedded::testing::{fixture, heard};
use crate::domain::hearing::RecognitionContext;
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
