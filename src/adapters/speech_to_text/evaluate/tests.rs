use super::*;
use crate::adapters::speech_to_text::embedded::testing::recogniser;
use crate::adapters::speech_to_text::fake::FakeRecogniser;

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("audio-fixtures/speech").join(folder)
}

#[test]
fn spoken_numbers_are_heard_over_the_phone() {
    let score = evaluate_digits(recogniser(), &fixtures("digits")).unwrap();
    assert_eq!((score.n, score.correct, score.misses.as_slice()), (2, 2, [].as_slice()));
}

#[test]
fn a_wrong_number_heard_with_confidence_is_an_unsafe_miss() {
    let score = evaluate_digits(&FakeRecogniser::hearing(&["five two six oh one nine"]), &fixtures("digits")).unwrap();
    assert_eq!((score.n, score.correct, score.unsafe_misses, score.safe_misses), (2, 0, 2, 0));
    assert_eq!(score.confusions.get("8>9"), Some(&1), "{:?}", score.confusions);
    let score = evaluate_digits(&FakeRecogniser::hearing(&["hello"]), &fixtures("digits")).unwrap();
    assert_eq!((score.correct, score.unsafe_misses, score.safe_misses), (0, 0, 2));
}

#[test]
fn sentences_are_scored_against_their_references() {
    let folder = tempfile::tempdir().unwrap();
    let recording = fixtures("whats_the_weather_like.wav");
    for (name, said) in [("a", "What's the weather like"), ("b", "what is the weather like today")] {
        std::fs::copy(&recording, folder.path().join(format!("{name}.wav"))).unwrap();
        std::fs::write(folder.path().join(format!("{name}.txt")), said).unwrap();
    }
    std::fs::copy(&recording, folder.path().join("without_reference.wav")).unwrap();
    let score = evaluate_speech(recogniser(), folder.path()).unwrap();
    assert_eq!((score.n, score.correct, score.words, score.word_errors), (2, 1, 10, 3));
    assert!((score.word_error_rate - 0.3).abs() < 1e-9, "{}", score.word_error_rate);
}

#[test]
fn confidence_is_held_against_what_was_said() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(fixtures("whats_the_weather_like.wav"), folder.path().join("a.wav")).unwrap();
    std::fs::write(folder.path().join("transcripts.tsv"), "a.wav\twhere is my parcel\n").unwrap();
    let score = evaluate_speech(&FakeRecogniser::hearing(&["where was my red parcel"]), folder.path()).unwrap();
    let surest = score.reliability[9];
    assert_eq!((surest.words, surest.right, surest.confidence), (5, 3, 1.0));
    assert!(score.reliability[..9].iter().all(|bin| *bin == Reliability::default()));
}

#[test]
fn what_the_call_expects_is_told_to_the_recogniser() {
    let folder = tempfile::tempdir().unwrap();
    assert!(expected_phrases(folder.path()).is_empty());
    std::fs::write(folder.path().join("phrases.txt"), "pressure cooker\n\n Asha Rao \n").unwrap();
    let phrases: Vec<String> = expected_phrases(folder.path()).into_iter().map(|phrase| phrase.text).collect();
    assert_eq!(phrases, ["pressure cooker", "Asha Rao"]);
}

#[test]
fn a_folder_that_cannot_be_read_is_named() {
    let error = evaluate_digits(&FakeRecogniser::default(), Path::new("nowhere")).unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("12_broken.wav"), b"RIFF").unwrap();
    let error = evaluate_digits(&FakeRecogniser::default(), folder.path()).unwrap_err();
    assert!(error.to_string().contains("12_broken.wav"), "{error}");
}
