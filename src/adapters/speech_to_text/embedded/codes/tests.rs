use super::*;
use crate::adapters::speech_to_text::embedded::postcodes::Postcode;
use crate::adapters::speech_to_text::embedded::testing::{fixture, heard, models_dir};
use crate::domain::hearing::{Awaited, RecognitionContext};

fn accepts(tree: &CodeTree, tokenizer: &Tokenizer, text: &str) -> bool {
    let mut state = tree.start();
    tokenizer.encode(text).into_iter().chain([END]).all(|token| {
        let Choices::Only(allowed) = tree.choices(&state) else { panic!("a postcode is not free") };
        let is_allowed = allowed.contains(&token);
        state = tree.follow(&state, token).0;
        is_allowed
    })
}

#[test]
fn numbers_in_words_count_as_what_they_stand_for() {
    for (text, count) in [("C F ten three A T", 7), ("CF10 3AT.", 7), ("five six double zero three four", 6), ("", 0)] {
        assert_eq!(signs_said(text), count, "{text}");
    }
}

#[test]
fn whole_postcodes_of_the_known_forms_are_let_in_and_nothing_else() {
    let tokenizer = Tokenizer::load(&models_dir().join("moonshine-tiny-en/tokenizer.bin")).unwrap();
    let tree = CodeTree::of(&Postcode, &Sayings::new(&tokenizer));
    for text in [
        "C F ten three A T",
        "C F one zero three A T.",
        "S W one A two A A",
        "M. One, one. A E",
        "E H Twenty two, four B B",
        "E H twenty two B B",
        "E H twenty-two four B B",
        "Five, six, zero, zero, three, four.",
        "five six double zero three four",
        "triple five double four one",
        "9 0 2 1 0",
        "CF10 3AT.",
        "SW1A 2AA",
        "nine oh two one oh, one two three four",
    ] {
        assert!(accepts(&tree, &tokenizer, text), "{text}");
    }
    for text in [
        "C F three A T",
        "three A T",
        "C F G ten three A T",
        "C F ten three A",
        "C F ten ten three A T",
        "five six zero",
        "five six zero zero three four nine",
        "what is a postcode",
        "I do not know",
        "",
    ] {
        assert!(!accepts(&tree, &tokenizer, text), "{text}");
    }
}

#[test]
fn a_postcode_is_heard_where_it_was_asked_for() {
    let samples = fixture("postcodes/cf19-3bx-slt.wav");
    let text = |awaited| {
        let transcript = heard(&samples, RecognitionContext { awaited, ..RecognitionContext::open() });
        let signs = transcript.text().replace("nineteen", "19").replace("three", "3");
        signs.chars().filter(char::is_ascii_alphanumeric).collect::<String>()
    };
    assert_eq!(text(Awaited::Postcode), "CF193BX");
    assert_ne!(text(Awaited::Open), "CF193BX", "it would be heard without the tree");
}

#[test]
fn one_code_is_said_in_many_ways_and_is_no_other() {
    let tokenizer = Tokenizer::load(&models_dir().join("moonshine-tiny-en/tokenizer.bin")).unwrap();
    let sayings = Sayings::new(&tokenizer);
    let british = CodeTree::of(&OneCode(&signs_of("Cf10 3at")), &sayings);
    for text in ["C F ten three A T", "CF10 3AT.", "C F one zero, three A T", "C F one oh three A T."] {
        assert!(accepts(&british, &tokenizer, text), "{text}");
    }
    for text in ["C F ten three A D", "C F ten three A", "ten three A T", "C F ten three A T T", ""] {
        assert!(!accepts(&british, &tokenizer, text), "{text}");
    }
    let indian = CodeTree::of(&OneCode("560034"), &sayings);
    assert!(accepts(&indian, &tokenizer, "Five six double zero three four."));
    assert!(!accepts(&indian, &tokenizer, "five six zero three four"));
}

#[test]
fn a_code_on_record_is_among_the_readings_where_it_sounds_like_what_was_said() {
    let samples = fixture("postcodes/b7-9hr-slt.wav");
    let heard_with = |on_record: &[&str]| {
        let references = on_record.iter().map(|code| (*code).to_owned()).collect();
        let context = RecognitionContext { awaited: Awaited::Postcode, references, ..RecognitionContext::open() };
        let transcript = heard(&samples, context);
        let signs = |text: &str| signs_of(&text.to_lowercase().replace("seven", "7").replace("nine", "9"));
        transcript.hypotheses.iter().map(|read| signs(&read.text)).collect::<Vec<_>>()
    };
    let is_near = |on_record: &[&str]| heard_with(on_record).iter().take(2).any(|code| code == "B79HR");
    assert!(is_near(&["B7 9HR"]), "{:?}", heard_with(&["B7 9HR"]));
    assert!(!is_near(&[]), "it would be heard without the record");
    assert!(!heard_with(&["LS12 4QN"]).contains(&"LS124QN".to_owned()), "what sounds different is no reading");
}
