use super::*;
use crate::adapters::speech_to_text::embedded::EmbeddedRecogniser;
use crate::adapters::speech_to_text::embedded::testing::{fixture, heard_by, models_dir, plain_recogniser, recogniser};
use crate::domain::hearing::{Awaited, RecognitionContext};

fn vocabulary() -> Tokenizer {
    Tokenizer::load(&models_dir().join("moonshine-tiny-en/tokenizer.bin")).unwrap()
}

/// What each piece of a sentence earns.
fn earned(phrasing: &Phrasing, tokenizer: &Tokenizer, text: &str) -> Vec<f32> {
    let mut before = [START; 2];
    let mut earned = Vec::new();
    for token in tokenizer.encode(text) {
        let (next, bonus) = phrasing.follow(before, token);
        before = next;
        earned.push(bonus);
    }
    earned
}

#[test]
fn a_piece_earns_where_examples_have_it() {
    let tokenizer = vocabulary();
    let phrasing = Phrasing::of(["leave it behind the flower pots", "i'm behind the van"], &tokenizer);
    let count = |text: &str| earned(&phrasing, &tokenizer, text).iter().filter(|bonus| 0.0 < **bonus).count();
    let pieces = |text: &str| tokenizer.encode(text).len();
    assert_eq!(count("Leave it behind the flower pots"), pieces("Leave it behind the flower pots"));
    assert_eq!(
        count("I'm behind the flower pots"),
        pieces("I'm behind the flower pots"),
        "one example may lead to another"
    );
    assert_eq!(count("Leave it behind the flower thoughts"), pieces("Leave it behind the flower"));
    assert_eq!(count("leave it"), 0, "a sentence begins with a capital");
    assert_eq!(count("Behind the flower pots"), pieces("pots"), "nobody has begun with it");
    // A mark earns nothing and parts nothing.
    assert_eq!(count("Leave it, behind the van."), pieces("Leave it behind the van"));
}

#[test]
fn a_phrase_of_the_call_and_the_phrasing_add_up() {
    let tokenizer = vocabulary();
    let phrases = BiasTree::new(
        &tokenizer,
        &[crate::domain::hearing::BiasPhrase { text: "flower pots".to_owned(), weight: 1.0 }],
    );
    let phrasing = Phrasing::of(["the flower pots"], &tokenizer);
    let expected = Expected { phrases: &phrases, phrasing: &phrasing };
    let mut state = expected.start();
    let (mut total, mut alone) = (0.0, 0.0);
    let mut phrase = phrases.start();
    for token in tokenizer.encode("The flower pots") {
        let Choices::Any { also } = expected.choices(&state) else { panic!("nothing is ruled out") };
        assert!(also.concat().contains(&token), "what is known to follow is tried");
        let (next, bonus) = expected.follow(&state, token);
        let (next_phrase, of_phrase) = phrases.follow(&phrase, token);
        (state, phrase) = (next, next_phrase);
        (total, alone) = (total + bonus, alone + of_phrase);
    }
    let pieces = tokenizer.encode("The flower pots").len() as f32;
    assert!((total - alone - pieces * PIECE_BONUS).abs() < 1e-3, "{total} {alone}");
}

#[test]
fn what_callers_say_is_heard_where_it_sounds_like_something_else() {
    for (file, said) in
        [("agent-slt", "Can I speak to an agent?"), ("porch-awb", "Leave it on the porch behind the chairs.")]
    {
        let samples = fixture(&format!("sayings/{file}.wav"));
        let heard = |recogniser: &EmbeddedRecogniser| {
            heard_by(recogniser, &samples, RecognitionContext::open()).text().to_owned()
        };
        assert_eq!(heard(recogniser()), said);
        assert_ne!(heard(plain_recogniser()), said, "{file}: it would be heard without examples");
    }
}

#[test]
fn what_is_no_saying_is_not_made_one() {
    let samples = fixture("whats_the_weather_like.wav");
    let heard =
        |recogniser: &EmbeddedRecogniser| heard_by(recogniser, &samples, RecognitionContext::open()).text().to_owned();
    assert_eq!(heard(recogniser()), heard(plain_recogniser()));
}

#[test]
fn a_short_answer_to_yes_or_no_is_heard_for_itself() {
    let samples = fixture("answers/mm-slt-25-db.wav");
    let text = |recogniser, awaited| {
        let context = RecognitionContext { awaited, ..RecognitionContext::open() };
        heard_by(recogniser, &samples, context).text().to_owned()
    };
    assert_ne!(text(recogniser(), Awaited::Open), text(plain_recogniser(), Awaited::Open));
    assert_eq!(text(recogniser(), Awaited::YesNo), text(plain_recogniser(), Awaited::YesNo));
}
