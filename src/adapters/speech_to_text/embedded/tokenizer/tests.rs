use super::*;
use crate::adapters::speech_to_text::embedded::testing::models_dir;

fn vocabulary() -> Tokenizer {
    Tokenizer::load(&models_dir().join("moonshine-tiny-en/tokenizer.bin")).unwrap()
}

#[test]
fn text_survives_the_way_there_and_back() {
    let tokenizer = vocabulary();
    for text in ["What's the weather like?", "Koramangala", "560034", "café, naïve", "日本", "a  b"] {
        assert_eq!(tokenizer.decode(&tokenizer.encode(text)), text);
    }
    assert!(tokenizer.encode("  ").len() <= 1);
}

#[test]
fn words_are_cut_as_the_model_cuts_them() {
    let tokenizer = vocabulary();
    let expected = ["▁What", "'", "s", "▁the", "▁weather", "▁like", "?"].map(|piece| tokenizer.token(piece).unwrap());
    assert_eq!(tokenizer.encode("What's the weather like?"), expected);
}

#[test]
fn a_mark_and_a_digit_are_the_pieces_that_the_model_writes() {
    let tokenizer = vocabulary();
    const BYTES: u32 = 256;
    for text in [".", ",", "?", "5", "A"] {
        let id = tokenizer.token(text).unwrap();
        assert!(SPECIAL_TOKENS as u32 + BYTES <= id, "{text} is {id}, a byte that is never written");
    }
}

#[test]
fn a_damaged_vocabulary_is_refused() {
    for bytes in [&b""[..], &[1], &[200], &[200, 1], &[0, 0, 0], &[0, 0, 0, 9, 1]] {
        assert!(Tokenizer::parse(bytes).is_none(), "{bytes:?}");
    }
    assert!(Tokenizer::parse(&[0, 0, 0, 1, b'a']).is_some());
}

#[test]
fn unknown_tokens_have_no_text() {
    assert_eq!(vocabulary().decode(&[0, 1, 2, 40_000, u32::MAX]), "");
}
