use super::*;
use crate::adapters::speech_to_text::embedded::testing::models_dir;
use crate::adapters::speech_to_text::embedded::tokenizer::END;

fn vocabulary() -> Tokenizer {
    Tokenizer::load(&models_dir().join("moonshine-tiny-en/tokenizer.bin")).unwrap()
}

fn phrase(text: &str, weight: f32) -> BiasPhrase {
    BiasPhrase { text: text.to_owned(), weight }
}

/// What a whole sentence earns.
fn earned(tree: &BiasTree, tokenizer: &Tokenizer, text: &str) -> f32 {
    let mut state = tree.start();
    let mut total = 0.0;
    for token in tokenizer.encode(text).into_iter().chain([END]) {
        let (next, bonus) = tree.follow(&state, token);
        total += bonus;
        state = next;
    }
    total
}

#[test]
fn a_whole_phrase_earns_and_a_part_of_it_does_not() {
    let tokenizer = vocabulary();
    let tree = BiasTree::new(&tokenizer, &[phrase("pressure cooker", 1.0), phrase("Koramangala", 0.5)]);
    let whole = tokenizer.encode("pressure cooker").len() as f32 * TOKEN_BONUS;
    let half = tokenizer.encode("Koramangala").len() as f32 * TOKEN_BONUS * 0.5;
    let cases = [
        ("pressure cooker", whole),
        ("my pressure cooker is late", whole),
        ("Koramangala", half),
        ("to Koramangala, the pressure cooker", whole + half),
        ("pressure", 0.0),
        ("blood pressure is high", 0.0),
        ("Kora", 0.0),
        ("hello", 0.0),
    ];
    for (text, expected) in cases {
        let total = earned(&tree, &tokenizer, text);
        assert!((total - expected).abs() < 1e-4, "{text}: {total} instead of {expected}");
    }
    assert!(0.0 < earned(&tree, &tokenizer, "Pressure cooker"), "at the start of a sentence");
}

#[test]
fn hostile_phrases_are_bounded() {
    let tokenizer = vocabulary();
    let long = "la ".repeat(10_000);
    let mut phrases = vec![phrase("", 1.0), phrase("  ", 1.0), phrase(&long, f32::NAN), phrase("né", f32::INFINITY)];
    phrases.extend((0..1_000).map(|number| phrase(&format!("phrase {number}"), 9.0)));
    let tree = BiasTree::new(&tokenizer, &phrases);
    assert!(tree.nodes.len() <= PHRASES_MAX * 3 * (PHRASE_LETTERS_MAX + 1));
    assert_eq!(earned(&tree, &tokenizer, "la la la"), 0.0);
    assert!(earned(&tree, &tokenizer, "phrase 7") <= 3.0 * TOKEN_BONUS);
}
