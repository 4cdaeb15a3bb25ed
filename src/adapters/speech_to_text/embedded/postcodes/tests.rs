use super::*;
use crate::adapters::speech_to_text::embedded::testing::{fixture, heard, models_dir};
use crate::domain::hearing::{Awaited, RecognitionContext};

fn accepts(tree: &PostcodeTree, tokenizer: &Tokenizer, text: &str) -> bool {
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
        assert_eq!(signs(text), count, "{text}");
    }
}

#[test]
fn whole_postcodes_of_the_known_forms_are_let_in_and_nothing_else() {
    let tokenizer = Tokenizer::load(&models_dir().join("moonshine-tiny-en/tokenizer.bin")).unwrap();
    let tree = PostcodeTree::new(&tokenizer);
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
    assert_ne!(text(Awaited::OrderReference), "CF193BX", "it would be heard without the tree");
}
